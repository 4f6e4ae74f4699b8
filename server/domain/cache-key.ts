import { createHash } from "node:crypto";

import type { Model } from "./objects";

const KEY_LENGTH = 16;

/** The first 16 lower-case hex digits of SHA-256 over the source exactly as written: nothing is trimmed or normalised. */
export function computeCacheKey(source: string): string {
  return createHash("sha256").update(source, "utf8").digest("hex").slice(0, KEY_LENGTH);
}

/** Whether the host agent serves this Model: then no pod, and no volume, is involved. */
export function isMetal(model: Model): boolean {
  return model.spec.hardware?.accelerator === "metal";
}

/** Whether the Model names artifacts that are staged one by one below the key directory. */
export function isMultiFile(model: Model): boolean {
  return (model.spec.files?.length ?? 0) > 0 || (model.spec.mmproj ?? "") !== "";
}

/**
 * The directory of this Model's weights on a cache claim; null means it cannot be cached. A recorded `status.cacheKey` wins even
 * when it no longer fits the source.
 */
export function effectiveKey(model: Model | null): string | null {
  if (model === null) return null;
  const recorded = model.status?.cacheKey ?? "";
  if (recorded !== "") return recorded;
  return isMultiFile(model) && !isMetal(model) ? computeCacheKey(model.spec.source) : null;
}

/** Whether the recorded key belongs to an earlier source. */
export function isStaleKey(model: Model): boolean {
  const recorded = model.status?.cacheKey ?? "";
  return recorded !== "" && recorded !== computeCacheKey(model.spec.source);
}
