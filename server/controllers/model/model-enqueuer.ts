import type { IndexChange } from "@/server/cluster/object-index";
import type { Job } from "@/server/domain/objects";
import { pvcSource } from "@/server/domain/source";
import type { OperatorWatch } from "../inference-service/operator-deps";

type Enqueuer = {
  readonly index: OperatorWatch;
  readonly enqueue: (key: string) => void;
};

/** Enqueues every Model that a changed Model, claim or prefetch Job concerns. Returns what ends it. */
export function createModelEnqueuer({ index, enqueue }: Enqueuer): () => void {
  return index.subscribe(({ changes }) => {
    const claims = new Set<string>();
    for (const change of changes) {
      if (change.plural === "persistentvolumeclaims") claims.add(keyOf(change));
      else for (const key of modelsOf(change)) enqueue(key);
    }
    if (claims.size === 0) return;
    for (const { metadata, spec } of index.list("models")) {
      const claim = pvcSource(spec.source)?.claim ?? "";
      if (claims.has(`${metadata.namespace}/${claim}`)) {
        enqueue(`${metadata.namespace}/${metadata.name}`);
      }
    }
  });
}

function modelsOf(change: IndexChange): readonly string[] {
  if (change.plural === "models") return [keyOf(change)];
  return change.plural === "jobs" ? ownersOf(change.object) : [];
}

function ownersOf({ metadata }: Job): readonly string[] {
  return (metadata.ownerReferences ?? [])
    .filter(({ kind }) => kind === "Model")
    .map(({ name }) => `${metadata.namespace}/${name}`);
}

function keyOf({ object }: IndexChange): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}
