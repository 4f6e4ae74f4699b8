import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Plural } from "@/server/domain/objects";
import type {
  AccessReviewer,
  Actor,
  ClaimFieldWriter,
  LogReader,
  ObjectStore,
} from "@/server/ports";
import type { ReflectorState } from "@/server/runtime/reflector";

/** One watched kind. */
export type WatchState = ReflectorState & { readonly plural: Plural };

/** The watches that keep an index equal to the cluster. */
export interface Watches {
  states(): readonly WatchState[];
  stop(): Promise<void>;
}

/** One cluster as one identity sees it. Opening it sends nothing. */
export interface Connection {
  /** Address of the API server. */
  readonly server: string;
  /** Name of the kubeconfig's context; null in a pod. */
  readonly context: string | null;
  readonly objects: ObjectStore;
  readonly claimField: ClaimFieldWriter;
  readonly access: AccessReviewer;
  readonly logs: LogReader;
  /** Which cluster this is and who we are there. @throws AppError while it cannot be told. */
  identify(): Promise<{
    readonly clusterId: string;
    readonly version: string | null;
    readonly actor: Actor;
  }>;
  watch(index: ObjectIndex, onStateChange: () => void): Watches;
  close(): Promise<void>;
}
