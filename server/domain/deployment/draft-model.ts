import type { InferenceService } from "../objects";

/** Kinds of speculative decoding that load the weights of a second model. */
const TYPES_WITH_WEIGHTS: ReadonlySet<string> = new Set([
  "draft",
  "draft-simple",
  "draft-eagle3",
  "draft-dflash",
  "draft-dspark",
  "draft-mtp",
]);

/** Name of the Model whose weights the service also loads; null when it loads none. */
export function draftModelRef(service: InferenceService): string | null {
  const { type = "", draftModelRef: name = "" } = service.spec.speculativeDecoding ?? {};
  return TYPES_WITH_WEIGHTS.has(type) && name !== "" ? name : null;
}

/** A file of the service's own Model that serves as the draft; null when there is none. */
export function draftFile(service: InferenceService): string | null {
  const { type = "", draftModel = "" } = service.spec.speculativeDecoding ?? {};
  return TYPES_WITH_WEIGHTS.has(type) && draftModel !== "" ? draftModel : null;
}
