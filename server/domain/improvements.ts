/** What the built-in operator does better than LLMKube, by name; each can be switched to strict. See decision 9. */
export const IMPROVEMENTS = [
  /** Claims are watched: a service that failed for a missing claim goes on as soon as it exists. */
  "HealOnClaim",
  /** The condition `ModelCacheReady` says durably whether the cache is in use, ignored, stale or missing. */
  "ModelCacheReady",
  /** Nothing in the status contradicts the pods that are observed, and nothing outlives its cause. */
  "ObservedState",
  /** A claim is required where a pod would mount it, and nowhere else. */
  "ClaimWhereMounted",
  /** What pods fetch or copy for themselves is not asked of the operator's own disk or network. */
  "PodsFetch",
] as const;

export type Improvement = (typeof IMPROVEMENTS)[number];
export type Improvements = ReadonlySet<Improvement>;

export const ALL_IMPROVEMENTS: Improvements = new Set(IMPROVEMENTS);
/** Exactly the contract. */
export const NO_IMPROVEMENTS: Improvements = new Set();

/**
 * Which improvements hold by the text of `MOORING_OPERATOR_STRICT`: `false` all, `true` none, else all but the named ones
 * (with commas between them). null when a name is none of them.
 */
export function parseStrictness(text: string): Improvements | null {
  if (text === "true") return NO_IMPROVEMENTS;
  if (text === "false") return ALL_IMPROVEMENTS;
  const strict = new Set(text.split(",").map((name) => name.trim()));
  const known = [...strict].every((name) => IMPROVEMENTS.some((one) => one === name));
  return known ? new Set(IMPROVEMENTS.filter((name) => !strict.has(name))) : null;
}

/** The text that `parseStrictness` reads as these. */
export function showStrictness(improvements: Improvements): string {
  const strict = IMPROVEMENTS.filter((name) => !improvements.has(name));
  if (strict.length === 0) return "false";
  return strict.length === IMPROVEMENTS.length ? "true" : strict.join(",");
}
