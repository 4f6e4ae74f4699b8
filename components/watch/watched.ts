import { useSyncExternalStore } from "react";

import type { FindingCode } from "@/server/contract/finding";
import { readStored, STORED, subscribeToWatched } from "./is-watching";

const NONE: readonly string[] = [];

let text: string | null = null;
let keys: readonly string[] = NONE;

/** Which services this browser watches, as `cluster id/namespace/name`; the same array until that changes. */
export function useWatched(): readonly string[] {
  return useSyncExternalStore(subscribeToWatched, readWatched, () => NONE);
}

/** What a service had when this page began to watch it: all that comes after is news. */
export const knownAtFirst = new Map<string, ReadonlySet<FindingCode>>();

/** Begins or ends to watch one service; false where the browser keeps nothing. */
export function setWatched(key: string, watched: boolean): boolean {
  const others = readWatched().filter((other) => other !== key);
  try {
    localStorage.setItem(STORED, JSON.stringify(watched ? [...others, key] : others));
  } catch {
    return false; // storage is switched off
  }
  window.dispatchEvent(new Event("storage"));
  return true;
}

/** As they are kept now; none when what is kept is not ours. */
export function readWatched(): readonly string[] {
  const stored = readStored();
  if (stored !== text) {
    text = stored;
    keys = parse(stored);
  }
  return keys;
}

function parse(stored: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(value) ? value.filter((key) => typeof key === "string") : NONE;
  } catch {
    return NONE; // somebody else's
  }
}
