export type Backoff = { readonly baseMs: number; readonly maxMs: number };

/**
 * The wait before try number `attempt` (the first retry is 0): doubles from `baseMs` up to `maxMs`, of which the
 * upper half is random, so that what failed together does not come back together. `random` is in [0, 1).
 */
export function backoffDelayMs(
  attempt: number,
  { baseMs, maxMs }: Backoff,
  random: () => number,
): number {
  // 2^30 × 1 ms is past every sensible maximum; more would only lose precision.
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
