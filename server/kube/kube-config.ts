import { KubeConfig } from "@kubernetes/client-node";

import { AppError } from "@/server/errors";

/** Where Kubernetes is and who we are there. */
export type ClusterAccess = {
  readonly config: KubeConfig;
  /** Address of the API server. */
  readonly server: string;
  /** null: there are no contexts in a pod. */
  readonly context: string | null;
};

type Choice = {
  readonly inCluster: boolean;
  /** null: the default search (`KUBECONFIG`, `~/.kube/config`). */
  readonly kubeconfig: string | null;
  /** null: the file's current one. */
  readonly context: string | null;
};

/** What client-node makes up when it finds no file. */
const MADE_UP_SERVER = "http://localhost:8080";

/**
 * Loads the credentials of one cluster.
 * @throws AppError `Invalid` that names the file or the context when there is none, or one that lacks its cluster.
 */
export function loadClusterAccess(choice: Choice): ClusterAccess {
  const config = new KubeConfig();
  load(config, choice);
  if (choice.context !== null) switchContext(config, choice.context);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw invalid(`${whereFrom(choice)} names no cluster for its context`);
  if (
    choice.kubeconfig === null &&
    cluster.server === MADE_UP_SERVER &&
    cluster.name === "cluster"
  ) {
    throw invalid(
      "no kubeconfig was found: give one by --kubeconfig, KUBECONFIG or ~/.kube/config",
    );
  }
  allowPlainHttp(config);
  return {
    config,
    server: cluster.server,
    context: choice.inCluster ? null : config.getCurrentContext(),
  };
}

function load(config: KubeConfig, choice: Choice): void {
  try {
    if (choice.inCluster) config.loadFromCluster();
    else if (choice.kubeconfig !== null) config.loadFromFile(choice.kubeconfig);
    else config.loadFromDefault();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("Invalid", `${whereFrom(choice)} cannot be read: ${why}`, { cause });
  }
}

function switchContext(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw invalid(`the kubeconfig has no context "${context}"; it has: ${names.join(", ")}`);
  }
  config.setCurrentContext(context);
}

/** client-node refuses `http://` unless TLS verification is off, although there is no TLS to verify. */
function allowPlainHttp(config: KubeConfig): void {
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith("http://") ? { ...cluster, skipTLSVerify: true } : cluster,
  );
}

function whereFrom({ inCluster, kubeconfig }: Choice): string {
  if (inCluster) return "the service account of this pod";
  return kubeconfig === null ? "the default kubeconfig" : `the kubeconfig ${kubeconfig}`;
}

function invalid(message: string): AppError {
  return new AppError("Invalid", message);
}
