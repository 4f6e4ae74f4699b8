import { describe, expect, it } from "vitest";

import { type EventSource, frameEvent, toEventStream } from "./event-stream";

function aSource(messages: readonly string[]): EventSource & { closed: boolean } {
  const rest = [...messages];
  let wake: (() => void) | null = null;
  return {
    closed: false,
    async next() {
      const data = rest.shift();
      if (data !== undefined) return frameEvent({ event: "change", id: "v1", data });
      if (!this.closed) await new Promise<void>((resolve) => (wake = resolve));
      return null;
    },
    close() {
      this.closed = true;
      wake?.();
    },
  };
}

function read(source: EventSource, options: { heartbeatMs?: number; signal?: AbortSignal } = {}) {
  const request = new Request("http://localhost/", { signal: options.signal ?? null });
  const response = toEventStream(request, source, options.heartbeatMs);
  const reader = response.body!.getReader();
  const readText = async () => new TextDecoder().decode((await reader.read()).value);
  return { response, reader, readText };
}

describe("toEventStream", () => {
  it("sends headers at once, then each message with its id, one data line per line", async () => {
    const { response, readText } = read(aSource(["one\ntwo"]));

    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(await readText()).toBe(":\n\n");
    expect(await readText()).toBe("id: v1\nevent: change\ndata: one\ndata: two\n\n");
  });

  it("says that it is alive while nothing happens", async () => {
    const { reader, readText } = read(aSource([]), { heartbeatMs: 1 });

    await reader.read();
    expect(await readText()).toBe(":\n\n");
    expect(await readText()).toBe(":\n\n");
    await reader.cancel();
  });

  it("closes its source when the reader leaves", async () => {
    const source = aSource([]);
    const { reader } = read(source);

    await reader.read();
    await reader.cancel();
    expect(source.closed).toBe(true);
  });

  it("closes its source when the request is aborted, and ends", async () => {
    const source = aSource([]);
    const gone = new AbortController();
    const { reader } = read(source, { signal: gone.signal });

    await reader.read();
    gone.abort();
    expect((await reader.read()).done).toBe(true);
    expect(source.closed).toBe(true);
  });
});
