import { beforeEach, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aService,
  configMaps,
  connect,
  ISVC,
  newNamespace,
  services,
  type WatchEvent,
} from "./api-client";
import { cannotForget, forgetHistory } from "./history";

const api = connect();
let path: string;

beforeEach(async () => {
  path = configMaps(await newNamespace(api));
});

const NAMED = "fieldSelector=metadata.name%3Dw";
const types = (events: WatchEvent[]) => events.map(({ type }) => type);
const reached = (count: number) => (events: WatchEvent[]) => events.length >= count;

async function listVersion(): Promise<string> {
  const { body } = await api.get(path);
  return body["metadata"].resourceVersion as string;
}

describe("watch", () => {
  it("from a version tells every later change once, in order", async () => {
    const version = await listVersion();
    await api.post(path, aConfigMap("w"));
    const watching = `${path}?watch=true&resourceVersion=${version}&${NAMED}&timeoutSeconds=20`;
    const events = await api.watch(watching, reached(3), async () => {
      await api.patch(`${path}/w`, { data: { a: "2" } });
      await api.delete(`${path}/w`);
    });
    expect(types(events)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    const versions = events.map(({ object }) => Number(object["metadata"].resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(events[1]?.object["data"]).toEqual({ a: "2" });
  });

  it("without a version starts with what is there", async () => {
    await api.post(path, aConfigMap("w"));
    const events = await api.watch(`${path}?watch=1&${NAMED}&timeoutSeconds=20`, reached(1));
    expect(events[0]).toMatchObject({ type: "ADDED", object: { kind: "ConfigMap" } });
  });

  it("an object that leaves the selector is deleted for the watcher, and comes back as added", async () => {
    await api.post(path, aConfigMap("w", { metadata: { labels: { on: "yes" } } }));
    const version = await listVersion();
    const watching = `${path}?watch=true&resourceVersion=${version}&labelSelector=on%3Dyes&timeoutSeconds=20`;
    const events = await api.watch(watching, reached(2), async () => {
      await api.patch(`${path}/w`, { metadata: { labels: { on: "no" } } });
      await api.patch(`${path}/w`, { metadata: { labels: { on: "yes" } } });
    });
    expect(types(events)).toEqual(["DELETED", "ADDED"]);
  });

  it("ends after timeoutSeconds", async () => {
    const version = await listVersion();
    const started = Date.now();
    await api.watch(`${path}?watch=true&resourceVersion=${version}&timeoutSeconds=1`, () => false);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it("sendInitialEvents gives what is there, then a bookmark that says so", async () => {
    await api.post(path, aConfigMap("w"));
    const query =
      "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const events = await api.watch(
      `${path}?watch=true&${query}&${NAMED}&timeoutSeconds=20`,
      (seen) => seen.at(-1)?.type === "BOOKMARK",
    );
    expect(types(events)).toEqual(["ADDED", "BOOKMARK"]);
    expect(events[1]?.object["metadata"].annotations).toEqual({
      "k8s.io/initial-events-end": "true",
    });
  });

  it("sendInitialEvents without its match is invalid", async () => {
    const { status, body } = await api.get(`${path}?watch=true&sendInitialEvents=true`);
    expect(status).toBe(422);
    expect(body["reason"]).toBe("Invalid");
  });

  it.skipIf(cannotForget)(
    "a version that history no longer holds is an ERROR event with a 410 Status",
    async () => {
      // a kind that came later than the server: its watches never knew the first versions
      const all = `${ISVC}/inferenceservices?watch=true&resourceVersion=1`;
      await api.post(services(path.split("/")[4] ?? ""), aService("w"));
      await forgetHistory();
      const [event] = await api.watch(`${all}&timeoutSeconds=20`, reached(1));
      expect(event).toMatchObject({
        type: "ERROR",
        object: { kind: "Status", status: "Failure", reason: "Expired", code: 410 },
      });
      expect(event?.object["message"]).toMatch(/^too old resource version: 1 \(\d+\)$/);
    },
  );

  it("a custom kind is watched like any other", async () => {
    const all = services(path.split("/")[4] ?? "");
    const { body } = await api.get(all);
    const watching = `${all}?watch=true&resourceVersion=${body["metadata"].resourceVersion as string}&timeoutSeconds=20`;
    const events = await api.watch(watching, reached(1), () => api.post(all, aService("w")));
    expect(events[0]).toMatchObject({ type: "ADDED", object: { metadata: { name: "w" } } });
  });
});
