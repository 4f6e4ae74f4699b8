/** Tells every listener, also when another one throws; the first throw is passed on. */
export function tellAll<T>(listeners: Iterable<(news: T) => void>, news: T): void {
  const failures: unknown[] = [];
  for (const listener of listeners) {
    try {
      listener(news);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, "several listeners failed");
  if (failures.length === 1) throw failures[0];
}
