/** What the browser knows about its stream, and what the server says about its own watches. */
export type StreamFacts = Readonly<{
  connection: "connecting" | "open" | "lost" | "paused";
  /** When the stream was lost, in epoch milliseconds; null while it is open. */
  lostAt: number | null;
  /** When the last message came, in epoch milliseconds. */
  lastMessageAt: number | null;
  /** `cluster.connected`; null before the first SYNC. */
  clusterConnected: boolean | null;
  /** `cluster.observedAt` in epoch milliseconds. */
  clusterObservedAt: number | null;
  /** Set when a message could not be understood: the page is older or newer than the server. */
  problem: string | null;
}>;

export type LiveState =
  | { readonly name: "Live"; readonly lastMessageAt: number | null }
  | { readonly name: "Reconnecting" }
  | { readonly name: "Stale"; readonly since: number }
  | { readonly name: "Paused" };

/** How long a lost stream counts as a hiccup before what is shown is called stale. */
const GRACE_MS = 5_000;

/** The one of four states that is true at `now`. A server without its cluster is as stale as no server. */
export function toLiveState(facts: StreamFacts, now: number): LiveState {
  if (facts.connection === "paused") return { name: "Paused" };
  if (facts.connection === "open") {
    if (facts.clusterConnected === false) {
      return { name: "Stale", since: facts.clusterObservedAt ?? now };
    }
    return { name: "Live", lastMessageAt: facts.lastMessageAt };
  }
  if (facts.lostAt !== null && now - facts.lostAt >= GRACE_MS) {
    return { name: "Stale", since: facts.lastMessageAt ?? facts.lostAt };
  }
  return { name: "Reconnecting" };
}

/** Delay before the next attempt: doubling from half a second to 15 s, with jitter so that tabs do not return as one. */
export function reconnectDelayMs(attempt: number, random: number): number {
  return Math.min(15_000, 500 * 2 ** attempt) * (0.75 + random / 2);
}
