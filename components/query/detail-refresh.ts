import type { QueryClient } from "@tanstack/react-query";

/** Reads open details again when the stream says they changed; what nobody looks at stays untouched. */
export type DetailRefresh = Readonly<{
  service: (key: string) => void;
  claim: (key: string) => void;
  /** Everything that is open: after a reconnect nobody can say what was missed. */
  all: () => void;
  stop: () => void;
}>;

type Options = Readonly<{ detailMs?: number; checkMs?: number }>;

/**
 * Throttled per key: the first change is read at once, those that follow within
 * the interval are read together at its end.
 */
export function createDetailRefresh(
  queryClient: QueryClient,
  { detailMs = 1_000, checkMs = 2_500 }: Options = {},
): DetailRefresh {
  const detail = throttleByKey(detailMs, (id) => {
    const [kind, key] = splitOnce(id);
    void queryClient.invalidateQueries({ queryKey: [kind, key] });
  });
  // Checks cost the server a dry run: they follow at a slower pace, whatever changed.
  const checks = throttleByKey(checkMs, () => {
    void queryClient.invalidateQueries({ queryKey: ["checks"] });
  });
  return {
    service: (key) => {
      detail.touch(`service ${key}`);
      checks.touch("all");
    },
    claim: (key) => {
      detail.touch(`claim ${key}`);
      checks.touch("all");
    },
    all: () => {
      for (const kind of ["service", "claim", "checks"]) {
        void queryClient.invalidateQueries({ queryKey: [kind] });
      }
    },
    stop: () => {
      detail.stop();
      checks.stop();
    },
  };
}

function splitOnce(id: string): [string, string] {
  const space = id.indexOf(" ");
  return [id.slice(0, space), id.slice(space + 1)];
}

function throttleByKey(intervalMs: number, run: (id: string) => void) {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const again = new Set<string>();
  const fire = (id: string) => {
    run(id);
    timers.set(
      id,
      setTimeout(() => {
        timers.delete(id);
        if (again.delete(id)) fire(id);
      }, intervalMs),
    );
  };
  return {
    touch: (id: string) => {
      if (timers.has(id)) again.add(id);
      else fire(id);
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      again.clear();
    },
  };
}
