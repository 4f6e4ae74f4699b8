import { beforeEach, describe, expect, it } from "vitest";
import {
  aConfigMap,
  configMaps,
  connect,
  items,
  METADATA,
  newNamespace,
  TABLE,
  type WatchEvent,
} from "./api-client";

const api = connect();
let path: string;

beforeEach(async () => {
  path = configMaps(await newNamespace(api));
});

/** Without the ConfigMap that a real cluster puts into every namespace. */
const OURS = "labelSelector=ours";
const ours = { labels: { ours: "yes" } };
const types = (events: WatchEvent[]) => events.map(({ type }) => type);
const reached = (count: number) => (events: WatchEvent[]) => events.length >= count;
const untilBookmark = (events: WatchEvent[]) => events.at(-1)?.type === "BOOKMARK";
const make = (name: string) => api.post(path, aConfigMap(name, { metadata: ours }));

async function listVersion(): Promise<string> {
  const { body } = await api.get(path);
  return body["metadata"].resourceVersion as string;
}

describe("bookmarks", () => {
  it("one comes before the watch ends, with a version to go on from and nothing else", async () => {
    const version = await listVersion();
    const query = `resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=3&${OURS}`;
    let events: WatchEvent[] = [];
    // a real server sends it in the last two seconds, and once in a while too late
    for (let attempt = 0; attempt < 6 && events.length === 0; attempt += 1) {
      const unseen = () => api.post(path, aConfigMap(`unseen-${attempt}`));
      events = await api.watch(`${path}?watch=true&${query}`, reached(1), unseen);
    }
    expect(types(events)).toEqual(["BOOKMARK"]);
    const object = events[0]?.object ?? {};
    expect(object).toMatchObject({ kind: "ConfigMap", apiVersion: "v1" });
    expect(Number(object["metadata"].resourceVersion)).toBeGreaterThanOrEqual(Number(version));
    expect(object["metadata"].name).toBeUndefined();
    expect(object["data"]).toBeUndefined();
  });

  it("a watch goes on from a bookmark without a gap", async () => {
    const from = `resourceVersion=${await listVersion()}&allowWatchBookmarks=true&timeoutSeconds=3`;
    const first = await api.watch(`${path}?watch=true&${from}&${OURS}`, untilBookmark, () =>
      make("before"),
    );
    await make("between");
    const version = first.at(-1)?.object["metadata"].resourceVersion as string;
    const seen = first.filter(({ type }) => type !== "BOOKMARK");
    const wanted = seen.length === 1 ? ["between"] : ["before", "between"];
    const second = await api.watch(
      `${path}?watch=true&resourceVersion=${version}&timeoutSeconds=20&${OURS}`,
      reached(wanted.length),
    );
    expect(second.map(({ object }) => object["metadata"].name as string)).toEqual(wanted);
  });

  it("none come unasked", async () => {
    const from = `resourceVersion=${await listVersion()}&timeoutSeconds=2`;
    expect(await api.watch(`${path}?watch=true&${from}&${OURS}`, () => false)).toEqual([]);
  });
});

describe("sendInitialEvents", () => {
  const INITIAL =
    "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

  it("after the bookmark that ends the list, changes follow", async () => {
    await make("a");
    await make("b");
    let change: Promise<unknown> | undefined;
    const events = await api.watch(`${path}?${INITIAL}&${OURS}&timeoutSeconds=20`, (seen) => {
      if (untilBookmark(seen)) change ??= api.patch(`${path}/a`, { data: { a: "2" } });
      return seen.at(-1)?.type === "MODIFIED";
    });
    await change;
    expect(types(events)).toEqual(["ADDED", "ADDED", "BOOKMARK", "MODIFIED"]);
    expect(events[3]?.object["data"]).toEqual({ a: "2" });
  });

  it("an empty list is the bookmark alone", async () => {
    const events = await api.watch(`${path}?${INITIAL}&${OURS}&timeoutSeconds=20`, reached(1));
    expect(types(events)).toEqual(["BOOKMARK"]);
  });

  it("from a version it waits until that is reached, and never gives less", async () => {
    const { body } = await make("a");
    const version = body["metadata"].resourceVersion as string;
    const query = `${INITIAL}&${OURS}&resourceVersion=${version}&timeoutSeconds=20`;
    const events = await api.watch(`${path}?${query}`, untilBookmark);
    expect(types(events)).toEqual(["ADDED", "BOOKMARK"]);
    expect(Number(events[1]?.object["metadata"].resourceVersion)).toBeGreaterThanOrEqual(
      Number(version),
    );
  });

  it("false starts with nothing that was there", async () => {
    await make("a");
    const query = "watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan";
    const events = await api.watch(`${path}?${query}&${OURS}&timeoutSeconds=20`, reached(1), () =>
      make("b"),
    );
    expect(events.map(({ object }) => object["metadata"].name as string)).toEqual(["b"]);
  });

  it("resourceVersionMatch without it is refused", async () => {
    const { status, body } = await api.get(`${path}?watch=true&resourceVersionMatch=NotOlderThan`);
    expect(status).toBe(422);
    expect(body["message"]).toContain("resourceVersionMatch");
  });
});

describe("what a watch tells", () => {
  it("deletion carries the last state, at the version of the deletion", async () => {
    const { body } = await make("a");
    const version = body["metadata"].resourceVersion as string;
    const watching = `${path}?watch=true&resourceVersion=${version}&${OURS}&timeoutSeconds=20`;
    const [event] = await api.watch(watching, reached(1), () => api.delete(`${path}/a`));
    expect(event).toMatchObject({ type: "DELETED", object: { data: { a: "1" } } });
    expect(Number(event?.object["metadata"].resourceVersion)).toBeGreaterThan(Number(version));
  });

  it("a finalizer makes deletion two steps: marked, then gone", async () => {
    const metadata = { ...ours, finalizers: ["example.com/hold"] };
    const { body } = await api.post(path, aConfigMap("held", { metadata }));
    const version = body["metadata"].resourceVersion as string;
    const watching = `${path}?watch=true&resourceVersion=${version}&${OURS}&timeoutSeconds=20`;
    const events = await api.watch(watching, reached(2), async () => {
      await api.delete(`${path}/held`);
      await api.patch(`${path}/held`, { metadata: { finalizers: null } });
    });
    expect(types(events)).toEqual(["MODIFIED", "DELETED"]);
    expect(events[0]?.object["metadata"].deletionTimestamp).toBeTruthy();
  });

  it("version 0 starts with what is there, as one without a version does", async () => {
    await make("a");
    await make("b");
    const watching = `${path}?watch=true&resourceVersion=0&${OURS}&timeoutSeconds=20`;
    const events = await api.watch(watching, reached(2));
    expect(types(events)).toEqual(["ADDED", "ADDED"]);
  });

  it("all namespaces at once", async () => {
    const other = configMaps(await newNamespace(api));
    const { body } = await api.get("/api/v1/configmaps?limit=1");
    const version = body["metadata"].resourceVersion as string;
    const label = `all-${Date.now().toString(36)}`;
    const labelled = aConfigMap("a", { metadata: { labels: { label } } });
    const query = `resourceVersion=${version}&labelSelector=label%3D${label}&timeoutSeconds=20`;
    const events = await api.watch(`/api/v1/configmaps?watch=true&${query}`, reached(2), () =>
      Promise.all([api.post(path, labelled), api.post(other, labelled)]),
    );
    const found = new Set(events.map(({ object }) => object["metadata"].namespace as string));
    expect(found.size).toBe(2);
  });

  it("as a table: a row for each event, the columns with the first only", async () => {
    await make("a");
    const watching = `${path}?watch=true&${OURS}&timeoutSeconds=20`;
    const events = await api.watch(
      watching,
      reached(2),
      () => api.patch(`${path}/a`, { data: { b: "1" } }),
      TABLE,
    );
    expect(events[0]?.object).toMatchObject({ kind: "Table", rows: [{ cells: ["a", 1, "0s"] }] });
    expect(items(events[0]?.object["columnDefinitions"])).toHaveLength(3);
    expect(events[1]?.object["columnDefinitions"]).toBeNull();
    expect(events[1]?.object).toMatchObject({ rows: [{ cells: ["a", 2, "0s"] }] });
  });

  it("as metadata only", async () => {
    await make("a");
    const watching = `${path}?watch=true&${OURS}&timeoutSeconds=20`;
    const [event] = await api.watch(watching, reached(1), undefined, METADATA);
    expect(event?.object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
    expect(event?.object["data"]).toBeUndefined();
  });
});
