/**
 * Runs what is given for one key one after the other, in the order asked; different keys do not wait for each other.
 * Two requests for one service have different ids, hence different queue keys, yet write the same field.
 */
export function createServiceLock(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<void>>();
  return async (key, work) => {
    const before = tails.get(key);
    let release = (): void => undefined;
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    tails.set(key, tail);
    try {
      await before;
      return await work();
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
      release();
    }
  };
}
