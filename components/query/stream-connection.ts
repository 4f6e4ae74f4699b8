import { topics, type Topic } from "@/server/contract/stream";
import { liveListOptions } from "./lists";
import { reconnectDelayMs } from "./live-state";
import { receiveChange, receiveSync, restartLists, type StreamTools } from "./stream-messages";
import { getStreamFacts, setStreamFacts } from "./stream-status";

const STREAM_URL = `/api/v1/stream?topics=${topics.join(",")}`;

/**
 * Keeps one EventSource open until `close`.
 *
 * Each connection opens with SYNC, and open details are read again then, so nothing missed stays missed. Its own retry
 * neither backs off nor survives an HTTP error, so every reconnect is made here.
 */
export function openStream(tools: StreamTools): { close: () => void } {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const receive = (handle: (data: string) => void) => (event: MessageEvent<string>) => {
    attempt = 0;
    setStreamFacts({ connection: "open", lostAt: null, lastMessageAt: Date.now() });
    try {
      handle(event.data);
    } catch (error) {
      // The server speaks another version of the contract: keep what is shown, and say so.
      setStreamFacts({ problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const onSync = (data: string) => {
    const { topic, last } = receiveSync(tools, data);
    if (!last) return;
    noteCluster(tools, topic);
    // What an open page read before this connection began may have changed in between; no change will tell.
    if (topic === topics[0]) tools.refresh.all();
  };
  const onChange = (data: string) => noteCluster(tools, receiveChange(tools, data));
  const lost = () => {
    source?.close();
    setStreamFacts({ connection: "lost", lostAt: getStreamFacts().lostAt ?? Date.now() });
    timer = setTimeout(connect, reconnectDelayMs(attempt++, Math.random()));
  };
  const connect = () => {
    restartLists(tools.queryClient);
    source = new EventSource(STREAM_URL);
    source.addEventListener("open", () => {
      setStreamFacts({ connection: "open", lostAt: null, problem: null });
    });
    source.addEventListener("sync", receive(onSync));
    source.addEventListener("change", receive(onChange));
    source.addEventListener("error", lost);
  };
  setStreamFacts({ connection: "connecting", lostAt: getStreamFacts().lostAt ?? Date.now() });
  connect();
  return {
    close: () => {
      clearTimeout(timer);
      source?.close();
    },
  };
}

function noteCluster({ queryClient }: StreamTools, topic: Topic): void {
  if (topic !== "cluster") return;
  const cluster = queryClient.getQueryData(liveListOptions("cluster").queryKey)?.items[0];
  if (cluster === undefined) return;
  setStreamFacts({
    clusterConnected: cluster.connected,
    clusterObservedAt: cluster.observedAt === null ? null : Date.parse(cluster.observedAt),
  });
}
