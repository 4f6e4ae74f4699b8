/** Says things to screen readers, at most once in `intervalMs`; what comes faster is replaced by the newest. */
export function createAnnouncer(options: {
  say: (text: string) => void;
  now: () => number;
  schedule: (run: () => void, delayMs: number) => void;
  intervalMs?: number;
}): (text: string) => void {
  const intervalMs = options.intervalMs ?? 5_000;
  let lastAt = Number.NEGATIVE_INFINITY;
  let waiting: string | null = null;

  const flush = () => {
    if (waiting === null) return;
    lastAt = options.now();
    options.say(waiting);
    waiting = null;
  };
  return (text) => {
    const scheduled = waiting !== null;
    waiting = text;
    const wait = lastAt + intervalMs - options.now();
    if (wait <= 0) flush();
    else if (!scheduled) options.schedule(flush, wait);
  };
}
