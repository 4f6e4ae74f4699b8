import type { KindMap, Plural } from "@/server/domain/objects";
import type { OwnedPlural, WritableKindMap, WritablePlural } from "@/server/ports";
import type { OperatorDeps } from "./operator-deps";
import type { SeenObjects } from "./own-writes";

const OWNED: ReadonlySet<WritablePlural> = new Set<OwnedPlural>([
  "services",
  "horizontalpodautoscalers",
]);
/** Asked for when they are needed. */
const UNSEEN: ReadonlySet<WritablePlural> = new Set<WritablePlural>(["endpointslices"]);

/** Everything the operator watches, as one: the shared index and its own watches. null for a kind that nobody watches. */
export function seenObjects({ index, owned }: Pick<OperatorDeps, "index" | "owned">): SeenObjects {
  return {
    get<P extends WritablePlural>(plural: P, key: string): WritableKindMap[P] | null {
      if (UNSEEN.has(plural)) return null;
      // The two sets leave no other kinds on either side.
      const found = OWNED.has(plural)
        ? owned.get(plural as OwnedPlural, key)
        : index.get(plural as Plural, key);
      return found as (KindMap[Plural] & WritableKindMap[P]) | null;
    },
  };
}
