import { createHash } from "node:crypto";

import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Config } from "@/server/config";
import type { Plural } from "@/server/domain/objects";
import { AppError } from "@/server/errors";
import { createAccessReviewer } from "@/server/kube/access-reviewer";
import { createClaimFieldWriter } from "@/server/kube/claim-field-writer";
import { readClusterId, readVersion } from "@/server/kube/cluster-info";
import { createKubeHttp } from "@/server/kube/http-client";
import { loadClusterAccess } from "@/server/kube/kube-config";
import { createLogReader } from "@/server/kube/log-reader";
import { createObjectStore } from "@/server/kube/object-store";
import { type OperatorWatch, watchOperators } from "@/server/kube/operator-watch";
import { createReconcileRequester } from "@/server/kube/reconcile-requester";
import { type Reflectors, startReflectors } from "@/server/kube/start-reflectors";
import { watchOwned, type WatchOwnedOptions } from "@/server/kube/watch-owned";
import { OPERATOR_MANAGER } from "@/server/controllers/inference-service/operator-deps";
import type {
  AccessReviewer,
  ClaimFieldWriter,
  Clock,
  LogReader,
  ObjectStore,
  OwnedObjects,
  ReconcileRequester,
} from "@/server/ports";

export type ClusterIdentity = { readonly clusterId: string; readonly version: string | null };

/** One cluster as one identity sees it. */
export interface Connection {
  /** Address of the API server. */
  readonly server: string;
  /** Name of the kubeconfig's context; null in a pod. */
  readonly context: string | null;
  readonly objects: ObjectStore;
  readonly claimField: ClaimFieldWriter;
  readonly reconcileRequests: ReconcileRequester;
  readonly access: AccessReviewer;
  readonly logs: LogReader;
  /** Which cluster this is. @throws AppError while that cannot be told. */
  identify(): Promise<ClusterIdentity>;
  /** Begins to look for LLMKube operators, until it is stopped. */
  watchOperators(options: {
    readonly onChange: () => void;
    readonly onError: (error: unknown) => void;
  }): OperatorWatch;
  watch(options: {
    readonly index: ObjectIndex;
    readonly onStateChange: () => void;
    readonly onError: (error: unknown, plural: Plural) => void;
  }): Reflectors;
  /** Watches what the built-in operator makes beyond what `watch` tells. */
  watchOwned(onError: WatchOwnedOptions["onError"]): OwnedObjects;
  close(): Promise<void>;
}

/**
 * Reads the credentials as they are now; sends nothing yet.
 * @throws AppError `Invalid` that says what is wrong with the kubeconfig.
 */
export function openConnection(
  config: Pick<Config, "cluster" | "namespaces">,
  around: { readonly clock: Clock; readonly localUser: string; readonly userAgent: string },
): Connection {
  const { mode, kubeconfig, context } = config.cluster;
  const access = loadClusterAccess({ inCluster: mode === "in-cluster", kubeconfig, context });
  const http = createKubeHttp({ config: access.config, userAgent: around.userAgent });
  const objects = createObjectStore({ http, fieldManager: OPERATOR_MANAGER });
  return {
    server: access.server,
    context: access.context,
    objects,
    reconcileRequests: createReconcileRequester(objects),
    claimField: createClaimFieldWriter(http),
    access: createAccessReviewer({ http, localUser: around.localUser, clock: around.clock }),
    logs: createLogReader(http),
    identify: async () => {
      const [id, version] = await Promise.all([readClusterId(http), readVersion(http)]);
      if (id === null && version === null)
        throw new AppError("Unauthorized", "the API server does not accept the credentials");
      return { clusterId: id ?? idOfAddress(access.server), version };
    },
    watchOperators: (told) => watchOperators({ http, namespaces: config.namespaces, ...told }),
    watch: ({ index, ...told }) =>
      startReflectors({ http, sink: index, namespaces: config.namespaces, ...told }),
    watchOwned: (onError) => watchOwned({ http, namespaces: config.namespaces, onError }),
    close: () => http.close(),
  };
}

const BY_ADDRESS = "address-";

/** Whether a cluster whose kube-system namespace has this uid cannot be the one of that id. Pure. */
export function isOtherCluster(clusterId: string, kubeSystemUid: string): boolean {
  return !clusterId.startsWith(BY_ADDRESS) && clusterId !== kubeSystemUid;
}

/** Where kube-system may not be read, the address is the next best thing to tell clusters apart by. */
function idOfAddress(server: string): string {
  return `${BY_ADDRESS}${createHash("sha256").update(server).digest("hex").slice(0, 16)}`;
}
