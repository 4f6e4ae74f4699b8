import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";

import type { KubeApi } from "@/e2e/cluster/kube-api";

const RBAC = "rbac.authorization.k8s.io";
const READ = ["get", "list", "watch"];
const CHANGE = ["create", "update", "patch", "delete"];

/** What the built-in operator needs when every service names a claim of its own: no verb that changes a claim. */
const RULES = [
  {
    apiGroups: [""],
    resources: [
      ...["persistentvolumeclaims", "persistentvolumes", "nodes", "namespaces", "pods", "events"],
      ...["resourcequotas", "limitranges"],
    ],
    verbs: READ,
  },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: READ },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: READ },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: [""], resources: ["services"], verbs: [...READ, ...CHANGE] },
  {
    apiGroups: ["autoscaling"],
    resources: ["horizontalpodautoscalers"],
    verbs: [...READ, ...CHANGE],
  },
  {
    apiGroups: ["inference.llmkube.dev"],
    resources: ["inferenceservices", "models"],
    verbs: READ,
  },
  {
    apiGroups: ["inference.llmkube.dev"],
    resources: ["inferenceservices/status", "models/status"],
    verbs: ["update", "patch"],
  },
];

const DEPLOYMENTS = {
  apiGroups: ["apps"],
  resources: ["deployments"],
  verbs: [...READ, ...CHANGE],
};

export type RestrictedAccess = {
  /** Path of a kubeconfig that acts as the account. */
  readonly kubeconfig: string;
  remove(): Promise<void>;
};

/** A service account in `namespace` that may do the operator's work, and change no claim. */
export async function createRestrictedAccess(
  api: KubeApi,
  namespace: string,
  options: {
    /** Where to reach the cluster. */
    readonly kubeconfig: string;
    /** Deployments only in its own namespace: it cannot tell what runs elsewhere. */
    readonly ownDeploymentsOnly?: boolean;
  },
): Promise<RestrictedAccess> {
  const { kubeconfig, ownDeploymentsOnly = false } = options;
  const name = `operator-${namespace}`;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const metadata = { name };
  await api.create(accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata });
  const roles = `/apis/${RBAC}/v1/clusterroles`;
  const bindings = `/apis/${RBAC}/v1/clusterrolebindings`;
  const apiVersion = `${RBAC}/v1`;
  const rules = ownDeploymentsOnly ? RULES : [...RULES, DEPLOYMENTS];
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  await api.create(roles, { apiVersion, kind: "ClusterRole", metadata, rules });
  await api.create(bindings, {
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
    subjects,
  });
  if (ownDeploymentsOnly) await bindOwnDeployments(api, namespace, subjects);
  const { status } = await api.create(`${accounts}/${name}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {},
  });
  const dir = await mkdtemp(join(tmpdir(), "mooring-access-"));
  const path = join(dir, "kubeconfig");
  const config = parse(await readFile(kubeconfig, "utf8")) as object;
  const user = (config as { readonly users: readonly { readonly name: string }[] }).users[0];
  const users = [{ name: user?.name, user: { token: (status as { token: string }).token } }];
  await writeFile(path, stringify({ ...config, users }), { mode: 0o600 });
  return {
    kubeconfig: path,
    remove: async () => {
      await api.delete(`${bindings}/${name}`);
      await api.delete(`${roles}/${name}`);
      await rm(dir, { recursive: true });
    },
  };
}

async function bindOwnDeployments(api: KubeApi, namespace: string, subjects: unknown) {
  const root = `/apis/${RBAC}/v1/namespaces/${namespace}`;
  const apiVersion = `${RBAC}/v1`;
  const metadata = { name: "deployments" };
  await api.create(`${root}/roles`, { apiVersion, kind: "Role", metadata, rules: [DEPLOYMENTS] });
  await api.create(`${root}/rolebindings`, {
    apiVersion,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "Role", name: metadata.name },
    subjects,
  });
}
