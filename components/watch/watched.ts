import { useSyncExternalStore } from "react";

import type { FindingCode } from "@/server/contract/finding";

/** Where this browser keeps which services are watched: a JSON array of `cluster id/namespace/name`. */
const STORED = "mooring-watched";
const NONE: readonly string[] = [];

const listeners = new Set<() => void>();
let text: string | null = null;
let keys: readonly string[] = NONE;

/** Which services this browser watches, as `cluster id/namespace/name`; the same array until that changes. */
export function useWatched(): readonly string[] {
  return useSyncExternalStore(subscribe, readWatched, () => NONE);
}

/** What a service had when this page began to watch it: all that comes after is news. */
export const knownAtFirst = new Map<string, ReadonlySet<FindingCode>>();

/** Begins or ends to watch one service; nothing where the browser keeps nothing. */
export function setWatched(key: string, watched: boolean): void {
  const others = readWatched().filter((other) => other !== key);
  try {
    localStorage.setItem(STORED, JSON.stringify(watched ? [...others, key] : others));
  } catch {
    return; // storage is switched off
  }
  for (const listener of listeners) listener();
}

/** As they are kept now; none when what is kept is not ours. */
export function readWatched(): readonly string[] {
  const stored = read();
  if (stored !== text) {
    text = stored;
    keys = parse(stored);
  }
  return keys;
}

function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is switched off
  }
}

function parse(stored: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(stored ?? "[]");
    return Array.isArray(value) ? value.filter((key) => typeof key === "string") : NONE;
  } catch {
    return NONE; // somebody else's
  }
}

/** Other tabs of this browser tell through `storage`. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}
