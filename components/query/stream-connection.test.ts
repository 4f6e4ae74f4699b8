import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { DetailRefresh } from "./detail-refresh";
import { openStream } from "./stream-connection";

class FakeEventSource extends EventTarget {
  static readonly opened: FakeEventSource[] = [];
  closed = false;

  constructor() {
    super();
    FakeEventSource.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
  tell(type: "sync", data: unknown): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

const SYNC = { topic: "inferenceservices", items: [], last: true, version: "1-1" };

function aRefresh() {
  let all = 0;
  const refresh: DetailRefresh = {
    service: () => undefined,
    claim: () => undefined,
    all: () => (all += 1),
    stop: () => undefined,
  };
  return { refresh, count: () => all };
}

beforeEach(() => {
  FakeEventSource.opened.length = 0;
  vi.stubGlobal("EventSource", FakeEventSource);
});
afterEach(() => vi.unstubAllGlobals());

describe("openStream", () => {
  it("reads open details again at the first SYNC: what changed between their answer and it is told by nobody", () => {
    const { refresh, count } = aRefresh();
    const stream = openStream({
      queryClient: new QueryClient(),
      refresh,
      announce: () => undefined,
    });
    FakeEventSource.opened[0]?.tell("sync", SYNC);
    expect(count()).toBe(1);
    stream.close();
  });

  it("reads them once a SYNC, however many chunks and topics it has", () => {
    const { refresh, count } = aRefresh();
    const stream = openStream({
      queryClient: new QueryClient(),
      refresh,
      announce: () => undefined,
    });
    FakeEventSource.opened[0]?.tell("sync", { ...SYNC, last: false });
    FakeEventSource.opened[0]?.tell("sync", SYNC);
    FakeEventSource.opened[0]?.tell("sync", { ...SYNC, topic: "persistentvolumeclaims" });
    expect(count()).toBe(1);
    stream.close();
  });

  it("gives its connection back when it is closed", () => {
    const { refresh } = aRefresh();
    openStream({ queryClient: new QueryClient(), refresh, announce: () => undefined }).close();
    expect(FakeEventSource.opened[0]?.closed).toBe(true);
  });
});
