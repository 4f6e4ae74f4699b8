/** `p50 12 ms, p95 20 ms, max 31 ms (n = 50)` of these milliseconds. */
export function describeMs(samples: readonly number[]): string {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return `p50 ${ms(at(0.5))}, p95 ${ms(at(0.95))}, max ${ms(at(1))} (n = ${String(sorted.length)})`;
}
