import type { LogsQuery } from "@/server/contract/query";
import type { ObjectKey } from "@/server/contract/service-view";
import type { ServiceContext } from "@/server/services/context";
import { followLogs, readLogs } from "@/server/services/read-logs";
import { type EventSource, frameEvent, toEventStream } from "./event-stream";

/** The log as text, or as a stream of `lines` events that ends with one `end` event. Headers say whose log it is. */
export async function answerLogs({
  ctx,
  key,
  query,
  request,
}: {
  readonly ctx: ServiceContext;
  readonly key: ObjectKey;
  readonly query: LogsQuery;
  readonly request: Request;
}): Promise<Response> {
  if (!query.follow) {
    const { target, text } = await readLogs(ctx, key, query);
    const headers = { ...whose(target), "content-type": "text/plain; charset=utf-8" };
    return new Response(text, { headers });
  }
  const gone = new AbortController();
  const { target, lines } = followLogs(ctx, key, { ...query, signal: gone.signal });
  const response = toEventStream(request, toFrames(lines, gone));
  for (const [name, value] of Object.entries(whose(target))) response.headers.set(name, value);
  return response;
}

function whose({ pod, container, previous }: ReturnType<typeof followLogs>["target"]) {
  return {
    "x-log-pod": pod,
    "x-log-container": container,
    "x-log-previous": String(previous === true),
  };
}

function toFrames(lines: AsyncIterable<string>, gone: AbortController): EventSource {
  const iterator = lines[Symbol.asyncIterator]();
  let ended = false;
  return {
    next: async () => {
      if (ended) return null;
      const result: IteratorResult<string, unknown> = await iterator.next();
      if (!result.done) return frameEvent({ event: "lines", data: result.value });
      ended = true;
      return frameEvent({ event: "end", data: "" });
    },
    close: () => gone.abort(),
  };
}
