import { describe, expect, it } from "vitest";

import type { ServiceView } from "@/server/contract/service-view";
import type { ChangedKeys } from "@/server/cluster/object-index";
import { anInferenceService } from "@/server/testing/builders";
import type { RowChanges } from "./live-rows";
import { createRowCache, type RowCacheOptions } from "./row-cache";

type Row = Pick<ServiceView, "namespace" | "name" | "phase" | "findings"> & {
  readonly download: { readonly state: "Running" } | null;
};

function aWorld() {
  const phases = new Map([
    ["ml/a", "Ready"],
    ["ml/b", "Creating"],
  ]);
  const computed: string[] = [];
  const downloading = new Set<string>();
  const published: RowChanges<ServiceView>[] = [];
  const errors: string[] = [];
  const timers: { atMs: number; run: () => void }[] = [];
  let nowMs = 0;
  let tell: (changed: ChangedKeys) => void = () => undefined;
  const options: RowCacheOptions = {
    index: {
      list: ((plural: string) =>
        plural === "inferenceservices"
          ? [...phases.keys()].map((key) => {
              const [namespace = "", name = ""] = key.split("/");
              return anInferenceService({ metadata: { namespace, name } });
            })
          : []) as RowCacheOptions["index"]["list"],
      subscribe: (listener) => {
        tell = listener;
        return () => (tell = () => undefined);
      },
    },
    computeService: (key) => {
      computed.push(key);
      const phase = phases.get(key);
      if (phase === "broken") throw new Error("no row");
      const [namespace = "", name = ""] = key.split("/");
      const download = downloading.has(key) ? ({ state: "Running" } as const) : null;
      const row: Row | null =
        phase === undefined ? null : { namespace, name, phase, findings: [], download };
      return row as ServiceView | null;
    },
    computeClaim: () => null,
    publishServices: (changes) => {
      if (changes.upserts.length + changes.removals.length + changes.touched.length > 0)
        published.push(changes);
    },
    publishClaims: () => undefined,
    timers: {
      now: () => nowMs,
      after: (ms, run) => {
        const timer = { atMs: nowMs + ms, run };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    },
    onError: (_error, key) => errors.push(key),
  };
  return {
    cache: createRowCache(options),
    phases,
    computed,
    downloading,
    published,
    errors,
    change: (...services: string[]) =>
      tell({ services: new Set(services), claims: new Set(), changes: [] }),
    advance: (ms: number) => {
      nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    },
  };
}

const keysOf = (changes: RowChanges<ServiceView> | undefined) =>
  changes?.upserts.map(({ key }) => key);

describe("the row cache", () => {
  it("says that it is not ready rather than showing an empty list", async () => {
    const { cache } = aWorld();

    expect(() => cache.services()).toThrow(
      expect.objectContaining({ reason: "ServiceUnavailable" }),
    );
    await cache.start();
    await cache.whenReady();
    expect(cache.services().map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("computes only what changed, once for changes that come together", async () => {
    const world = aWorld();
    await world.cache.start();
    world.advance(5);
    world.computed.length = 0;

    world.phases.set("ml/a", "Failed");
    world.change("ml/a");
    world.change("ml/a");
    world.advance(5);

    expect(world.computed).toEqual(["ml/a"]);
    expect(keysOf(world.published.at(-1))).toEqual(["ml/a"]);
  });

  it("only touches a row that came out equal, and removes one that is gone", async () => {
    const world = aWorld();
    await world.cache.start();

    world.phases.delete("ml/b");
    world.change("ml/a", "ml/b");
    world.advance(5);

    expect(world.published.at(-1)).toEqual({ upserts: [], removals: ["ml/b"], touched: ["ml/a"] });
  });

  it("looks again every five seconds at what is not Ready, and publishes nothing when it is the same", async () => {
    const world = aWorld();
    await world.cache.start();
    world.advance(5);
    world.computed.length = 0;
    const before = world.published.length;

    world.advance(5_000);
    world.advance(0);
    expect(world.computed).toEqual(["ml/b"]);
    expect(world.published).toHaveLength(before);

    world.phases.set("ml/b", "Ready");
    world.advance(5_000);
    world.advance(0);
    expect(keysOf(world.published.at(-1))).toEqual(["ml/b"]);
  });

  it("looks again at a Ready service that downloads, and no longer when it is done", async () => {
    const world = aWorld();
    world.phases.set("ml/b", "Ready");
    world.downloading.add("ml/a");
    await world.cache.start();
    world.advance(5);
    world.computed.length = 0;

    world.downloading.clear();
    world.advance(5_000);
    world.advance(0);
    world.advance(5_000);
    world.advance(0);
    expect(world.computed).toEqual(["ml/a"]);
  });

  it("keeps the last row of one that cannot be computed, and says so", async () => {
    const world = aWorld();
    await world.cache.start();

    world.phases.set("ml/a", "broken");
    world.change("ml/a");
    world.advance(5);

    expect(world.errors).toEqual(["ml/a"]);
    expect(world.cache.service("ml/a")?.phase).toBe("Ready");
  });
});
