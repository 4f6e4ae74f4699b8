import { describe, expect, it } from "vitest";

import { createObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { aDeployment } from "@/server/testing/builders";
import { OwnWrites, WRITE_LAG_MS } from "./own-writes";

const KEY = "ml/llama";
const version = (resourceVersion: string) => aDeployment({ metadata: { resourceVersion } });

function setup() {
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  let nowMs = 0;
  const own = new OwnWrites(index, { now: () => new Date(nowMs) });
  const see = (resourceVersion: string) =>
    index.upsert("deployments", [version(resourceVersion)], "2026-01-01T00:00:00Z");
  const write = (resourceVersion: string) =>
    own.record("deployments", KEY, {
      before: own.seenVersion("deployments", KEY),
      object: version(resourceVersion),
    });
  const got = () => own.get("deployments", KEY)?.metadata.resourceVersion ?? null;
  return { see, write, got, pass: (ms: number) => (nowMs += ms) };
}

describe("OwnWrites", () => {
  it("knows what it made before the watch does", () => {
    const { write, got } = setup();
    expect(got()).toBeNull();
    write("5");
    expect(got()).toBe("5");
  });

  it("is ahead of the watch until that moves, then believes it", () => {
    const { see, write, got } = setup();
    see("1");
    write("2");
    expect(got()).toBe("2");
    see("3");
    expect(got()).toBe("3");
  });

  it("gives a watch that stays behind only so long", () => {
    const { see, write, got, pass } = setup();
    see("1");
    write("2");
    pass(WRITE_LAG_MS);
    expect(got()).toBe("1");
  });
});
