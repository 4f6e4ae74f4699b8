import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";

import type { Claim } from "@/server/domain/objects";
import { AppError } from "@/server/errors";
import { createReflector, type Reflector, type ReflectorOptions } from "@/server/runtime/reflector";
import { claimManifest, connectTestCluster, type TestCluster } from "@/server/testing/test-cluster";
import type { KubeRequest } from "./http-client";
import { createListWatch } from "./list-watch";

const CLAIMS = "persistentvolumeclaims";
const isWatch = ({ query }: KubeRequest) => query?.["watch"] === true;
const isList = (call: KubeRequest) => !isWatch(call) && call.query?.["limit"] !== undefined;

let cluster: TestCluster;
let reflector: Reflector | null;
/** What the sink has been told, as it stands, and everything that it was told, in order. */
let seen: Map<string, Claim>;
let told: string[];

beforeEach(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
  reflector = null;
  seen = new Map();
  told = [];
});
afterEach(async () => {
  await reflector?.stop();
  await cluster.stop();
});

function reflect(options: Partial<ReflectorOptions<Claim>> = {}): Reflector {
  const { http, namespace } = cluster;
  reflector = createReflector<Claim>({
    source: createListWatch({ http, plural: CLAIMS, namespace }),
    backoff: { baseMs: 20, maxMs: 200 },
    sink: {
      upsert: (objects) => {
        for (const claim of objects) {
          seen.set(claim.metadata.name, claim);
          told.push(`+${claim.metadata.name}`);
        }
      },
      remove: (keys) => {
        for (const key of keys) {
          const name = key.slice(namespace.length + 1);
          seen.delete(name);
          told.push(`-${name}`);
        }
      },
    },
    ...options,
  });
  reflector.start();
  return reflector;
}

const create = (...names: string[]) =>
  Promise.all(
    names.map((name) => cluster.store.create(CLAIMS, claimManifest(cluster.namespace, name))),
  );
const label = (name: string, value: string) =>
  cluster.store.mergePatch(
    CLAIMS,
    { namespace: cluster.namespace, name },
    { metadata: { labels: { value } } },
    { fieldManager: "test" },
  );
/** A claim lives on until its protection is lifted; nothing here uses it. */
async function remove(name: string) {
  const key = { namespace: cluster.namespace, name };
  const claim = await cluster.store.mergePatch(
    CLAIMS,
    key,
    { metadata: { finalizers: null } },
    { fieldManager: "test" },
  );
  await cluster.store.delete(CLAIMS, key, { uid: claim.metadata.uid });
}
const names = () => [...seen.keys()].sort();
const connected = () =>
  expect.poll(() => reflector?.state().connected, {
    message: "the watch is open",
    timeout: 10_000,
  });
const sees = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 10_000, interval: 20 });
const lists = () => cluster.http.calls.filter(isList).length;

async function postFaults(faults: object): Promise<void> {
  const admin = inject("admin");
  if (admin === null) return;
  const answer = await fetch(`${admin}/faults`, { method: "POST", body: JSON.stringify(faults) });
  expect(answer.status).toBe(200);
}

describe("reflector on an API server", () => {
  it("lists in pages what is there, and tells it at once", async () => {
    await create("a", "b", "c", "d", "e");
    reflect({ pageLimit: 2 });

    await connected().toBe(true);
    expect(names()).toEqual(["a", "b", "c", "d", "e"]);
    expect(lists()).toBe(3);
    expect(seen.get("a")?.metadata).not.toHaveProperty("managedFields");
    expect(reflector?.state()).toMatchObject({ synced: true, visible: true, objects: 5 });
  });

  it("sees what is added, changed and deleted", async () => {
    reflect();
    await connected().toBe(true);

    await create("a");
    await sees("the new claim", names).toEqual(["a"]);
    await label("a", "1");
    await sees("the label", () => seen.get("a")?.metadata.labels).toEqual({ value: "1" });
    await remove("a");
    await sees("no claim", names).toEqual([]);
    expect(reflector?.state().restarts).toBe(0);
  });

  it("goes on where it was after a watch broke, without a new list", async () => {
    await create("a");
    reflect();
    await connected().toBe(true);
    told = [];

    cluster.http.breakStreams();
    await create("b");
    await sees("the claim made while the watch was broken", names).toEqual(["a", "b"]);
    expect(told.filter((entry) => entry.endsWith("a"))).toEqual([]);
    expect(lists()).toBe(1);
  });

  it("tells only what differs when its version is gone", async () => {
    await create("same", "changed", "deleted");
    reflect();
    await connected().toBe(true);
    await sees("three claims", () => told.length).toBeGreaterThanOrEqual(3);
    const before = new Map(seen);
    told = [];

    cluster.http.failNext({
      matches: (call) => isWatch(call) && call.path.includes(cluster.namespace),
      error: new AppError("Gone", "too old resource version"),
    });
    const gone = new AppError("ServiceUnavailable", "held back");
    cluster.http.failNext({ matches: isList, error: gone, count: 5 });
    cluster.http.breakStreams();
    await label("changed", "1");
    await remove("deleted");
    await create("added");

    await sees("the new list", names).toEqual(["added", "changed", "same"]);
    await sees("the label", () => seen.get("changed")?.metadata.labels).toEqual({ value: "1" });
    expect(seen.get("same")).toBe(before.get("same"));
    expect(told).not.toContain("+same");
    expect(lists()).toBeGreaterThan(1);
  });

  it("misses nothing when the server forgets its history and drops every watch", async () => {
    await create("a");
    reflect();
    await connected().toBe(true);

    await postFaults({ compact: true, dropWatches: true });
    cluster.http.breakStreams();
    await create("b");
    await postFaults({ compact: true, dropWatches: true });
    await create("c");

    await sees("all three", names).toEqual(["a", "b", "c"]);
    await connected().toBe(true);
    expect(told.filter((entry) => entry === "+a")).toHaveLength(1);
  });

  it("says that it is behind while the server fails, and catches up by itself", async () => {
    reflect();
    await connected().toBe(true);
    cluster.http.failNext({
      matches: () => true,
      error: new AppError("InternalError", "the server fails"),
      count: Number.POSITIVE_INFINITY,
    });
    cluster.http.breakStreams();
    await connected().toBe(false);
    await sees("several tries", () => reflector?.state().restarts).toBeGreaterThan(2);
    expect(reflector?.state().error).toBe("the server fails");

    cluster.http.heal();
    await create("a");
    await sees("the claim made meanwhile", names).toEqual(["a"]);
    await connected().toBe(true);
    expect(reflector?.state().error).toBeNull();
  });
});
