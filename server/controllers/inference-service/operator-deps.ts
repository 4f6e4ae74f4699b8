import type { ObjectIndex } from "@/server/cluster/object-index";
import type { Improvements } from "@/server/domain/improvements";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import type {
  Clock,
  LocalFileReader,
  ObjectStore,
  OwnedObjects,
  ReplicaReader,
} from "@/server/ports";

/** The field manager of everything the built-in operator writes. */
export const OPERATOR_MANAGER = "mooring-operator";

/** What the built-in operator reads of the watched objects. */
export type OperatorIndex = Pick<ObjectIndex, "get" | "list" | "podsOfService" | "invisible">;

/** The watched objects with news of their changes. */
export type OperatorWatch = Pick<
  ObjectIndex,
  "list" | "subscribe" | "servicesOfModel" | "servicesOfClaim"
>;

export type OperatorDeps = {
  readonly index: OperatorIndex;
  readonly owned: Pick<OwnedObjects, "get">;
  readonly store: ObjectStore;
  readonly replicas: ReplicaReader;
  readonly files: LocalFileReader;
  readonly clock: Clock;
  readonly settings: OperatorSettings;
  readonly improvements: Improvements;
};
