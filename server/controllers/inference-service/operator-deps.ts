import type { AnyObject, KindMap, Plural } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import type { Clock, ObjectStore } from "@/server/ports";

/** The field manager of everything the built-in operator writes. */
export const OPERATOR_MANAGER = "mooring-operator";

/** What the built-in operator reads of the watched objects. */
export type OperatorIndex = {
  get<P extends Plural>(plural: P, key: string): KindMap[P] | null;
  list<P extends Plural>(plural: P): readonly KindMap[P][];
};

/** The watched objects with news of their changes. */
export type OperatorWatch = OperatorIndex & {
  subscribe(listener: (changed: { readonly changes: readonly ObjectChange[] }) => void): () => void;
};

export type ObjectChange = {
  readonly plural: Plural;
  readonly object: AnyObject;
  readonly previous: AnyObject | null;
  readonly type: "added" | "modified" | "deleted";
};

export type OperatorDeps = {
  readonly index: OperatorIndex;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly settings: OperatorSettings;
  /** Exactly as LLMKube: no improvement of ours. */
  readonly strict: boolean;
};
