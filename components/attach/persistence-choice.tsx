"use client";

import type { ServiceView } from "@/server/contract/service-view";
import type { AttachTarget, Persistence } from "./attach-url";

type PersistenceChoiceProps = Readonly<{
  service: ServiceView;
  target: AttachTarget;
  onPersistence: (persistence: Persistence | null) => void;
}>;

/** Whether the change also sets persistence: offered where scratch space keeps a claim out, and on the way back to it. */
export function PersistenceChoice({ service, target, onPersistence }: PersistenceChoiceProps) {
  const now = service.cache.persistence;
  const wanted =
    target.persistence ?? (now === "Ephemeral" && target.to === "attach" ? "Cached" : null);
  if (wanted === null) return null;
  return (
    <label className="persistence">
      <input
        type="checkbox"
        checked={target.persistence !== null}
        onChange={(event) => onPersistence(event.currentTarget.checked ? wanted : null)}
      />
      <span>
        Also set persistence to {wanted}
        <small>
          {wanted === "Cached"
            ? "The service keeps its model in scratch space (Ephemeral), which takes no claim."
            : "As it was then: each pod downloads the model anew into scratch space of its node."}
        </small>
      </span>
    </label>
  );
}
