"use client";

import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

const identity = (value: number): number => value;

/**
 * Epoch milliseconds, one clock for the whole page.
 *
 * Renders again only when `select` gives something new: an age in days does not
 * render each second.
 */
export function useNow(): number;
export function useNow<T extends string | number | boolean>(select: (now: number) => T): T;
export function useNow<T>(select?: (now: number) => T): T | number {
  const read = select ?? identity;
  return useSyncExternalStore<T | number>(
    subscribe,
    () => read(now),
    () => read(now),
  );
}
