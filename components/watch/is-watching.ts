import { useSyncExternalStore } from "react";

/** Where this browser keeps which services are watched: a JSON array of `cluster id/namespace/name`. */
export const STORED = "mooring-watched";

/** Whether this browser watches anything; part of every page, and therefore small. */
export function useIsWatching(): boolean {
  return useSyncExternalStore(
    subscribeToWatched,
    () => (readStored()?.length ?? 0) > "[]".length,
    () => false,
  );
}

/** As it is kept; null where there is nothing, or storage is switched off. */
export function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is switched off
  }
}

/** The browser tells of other tabs through this event, and we of this one. Returns what ends it. */
export function subscribeToWatched(listener: () => void): () => void {
  window.addEventListener("storage", listener);
  return () => window.removeEventListener("storage", listener);
}
