/** What `make` returned for the key the first time, until the memory is cleared. */
export function remember<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const kept = memory.get(key);
  if (kept !== undefined) return kept;
  const made = make();
  memory.set(key, made);
  return made;
}
