import { describe, expect, it } from "vitest";

import { createObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { aDeployment } from "@/server/testing/builders";
import { OwnWrites, WRITE_LAG_MS, type SeenObjects } from "./own-writes";

const KEY = "ml/llama";
const NOW = "2026-01-01T00:00:00Z";
const version = (resourceVersion: string) => aDeployment({ metadata: { resourceVersion } });

function setup() {
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  let nowMs = 0;
  const seen: SeenObjects = {
    get: (plural, key) => index.get(plural as "deployments", key) as never,
  };
  const own = new OwnWrites(seen, { now: () => new Date(nowMs) });
  return {
    own,
    see: (resourceVersion: string) => index.upsert("deployments", [version(resourceVersion)], NOW),
    seeGone: () => index.remove("deployments", [KEY], NOW),
    write: (resourceVersion: string) =>
      own.record("deployments", KEY, async () => version(resourceVersion)),
    remove: () => own.record("deployments", KEY, async () => null),
    got: () => own.get("deployments", KEY)?.metadata.resourceVersion ?? null,
    ahead: () => own.isAhead("deployments", KEY),
    pass: (ms: number) => (nowMs += ms),
  };
}

describe("OwnWrites", () => {
  it("knows what it made before the watch does", async () => {
    const { write, got, ahead } = setup();
    expect(got()).toBeNull();
    await write("5");
    expect(got()).toBe("5");
    expect(ahead()).toBe(true);
  });

  it("is ahead of the watch until that shows the write or something later, then believes it", async () => {
    const { see, write, got, ahead } = setup();
    see("1");
    await write("3");
    expect(got()).toBe("3");
    see("4");
    expect(got()).toBe("4");
    expect(ahead()).toBe(false);
  });

  it("is not led back by what others wrote before it", async () => {
    const { see, write, got } = setup();
    see("1");
    await write("3");
    see("2");
    expect(got()).toBe("3");
    see("3");
    expect(got()).toBe("3");
  });

  it("believes any other version where versions have no order", async () => {
    const { see, write, got } = setup();
    see("a");
    await write("c");
    expect(got()).toBe("c");
    see("b");
    expect(got()).toBe("b");
  });

  it("knows that what it deleted is gone, until somebody makes it anew", async () => {
    const { see, seeGone, remove, got } = setup();
    see("1");
    await remove();
    expect(got()).toBeNull();
    see("7");
    expect(got()).toBe("7");
    await remove();
    seeGone();
    expect(got()).toBeNull();
  });

  it("believes the watch that what was there before the write is gone", async () => {
    const { see, seeGone, write, got } = setup();
    see("1");
    await write("2");
    seeGone();
    expect(got()).toBeNull();
  });

  it("lets those who come together write once, and fail together", async () => {
    const { own } = setup();
    let writes = 0;
    const once = () =>
      own.recordOnce("deployments", KEY, async () => {
        writes += 1;
        if (writes === 1) throw new Error("refused");
        return version("1");
      });
    const refused = await Promise.allSettled([once(), once()]);
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await Promise.all([once(), once()]);
    expect(writes).toBe(2);
    expect(own.get("deployments", KEY)?.metadata.resourceVersion).toBe("1");
  });

  it("gives a watch that stays behind only so long", async () => {
    const { see, write, got, ahead, pass } = setup();
    see("1");
    await write("2");
    pass(WRITE_LAG_MS);
    expect(got()).toBe("1");
    expect(ahead()).toBe(false);
  });
});
