import type { Loop } from "./loop";

/** Says whether a text about a key is worth an event: when it is new, and again after a while if it still holds. */
export interface RepeatGuard {
  isDue(key: string, text: string): boolean;
  forget(key: string): void;
}

/** Level-triggered controllers look often; their events should not follow each look. */
export function createRepeatGuard(loop: Loop, againSeconds: number): RepeatGuard {
  const last = new Map<string, { text: string; at: number }>();
  return {
    isDue(key, text) {
      const before = last.get(key);
      const isSame = before?.text === text && loop.seconds() - before.at < againSeconds;
      if (!isSame) last.set(key, { text, at: loop.seconds() });
      return !isSame;
    },
    forget: (key) => void last.delete(key),
  };
}
