"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { createDetailRefresh } from "./detail-refresh";
import { openStream } from "./stream-connection";
import { setStreamFacts } from "./stream-status";

/** A tab out of sight for this long gives its connection back. */
const HIDDEN_PAUSE_MS = 60_000;

let togglePaused: (() => void) | null = null;

/** Pauses the stream, or resumes it: for reading a page that must hold still. */
export function toggleLiveStream(): void {
  togglePaused?.();
}

/**
 * The one stream of this tab; mounted once, in the shell.
 *
 * Paused by the reader, or while the tab has been hidden for a minute. Resuming
 * opens a new connection, which brings every list up to date.
 */
export function useLiveStream(announce: (text: string) => void): void {
  const queryClient = useQueryClient();

  useEffect(() => {
    const refresh = createDetailRefresh(queryClient);
    let stream: { close: () => void } | null = null;
    let paused = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const resume = () => {
      paused = false;
      stream ??= openStream({ queryClient, refresh, announce });
    };
    const pause = () => {
      stream?.close();
      stream = null;
      setStreamFacts({ connection: "paused", lostAt: null });
    };
    const onVisibility = () => {
      clearTimeout(timer);
      if (document.visibilityState === "hidden") timer = setTimeout(pause, HIDDEN_PAUSE_MS);
      else if (!paused) resume();
    };
    togglePaused = () => {
      if (paused) resume();
      else {
        paused = true;
        pause();
      }
    };
    document.addEventListener("visibilitychange", onVisibility);
    resume();
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
      togglePaused = null;
      stream?.close();
      refresh.stop();
    };
  }, [queryClient, announce]);
}
