import { describe, expect, it } from "vitest";

import type { Manifest, ObjectStore } from "@/server/ports";
import { gateWrites } from "./operator-gate";

const KEY = { namespace: "ml", name: "llama" };
const OBJECT: Manifest = { apiVersion: "v1", kind: "Service", metadata: KEY };

function setUp() {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...call: unknown[]) => {
      calls.push(name);
      return Promise.resolve(call);
    };
  // Only which call arrives is looked at.
  const store = {
    get: note("get"),
    list: note("list"),
    create: note("create"),
    apply: note("apply"),
    replaceStatus: note("replaceStatus"),
    mergePatch: note("mergePatch"),
    delete: note("delete"),
  } as unknown as ObjectStore;
  let mayWrite = true;
  const gated = gateWrites(store, () => mayWrite);
  const all = () =>
    Promise.allSettled([
      gated.get("services", KEY),
      gated.list("services", {}),
      gated.create("services", OBJECT),
      gated.apply("services", OBJECT, { fieldManager: "m" }),
      gated.replaceStatus("inferenceservices", OBJECT),
      gated.mergePatch("services", KEY, {}, { fieldManager: "m" }),
      gated.delete("services", KEY, { uid: "u" }),
    ]);
  return { calls, all, close: () => (mayWrite = false) };
}

describe("gateWrites", () => {
  it("lets everything through while writing is allowed", async () => {
    const { calls, all } = setUp();
    await all();
    expect(calls).toHaveLength(7);
  });

  it("lets only reads through afterwards", async () => {
    const { calls, all, close } = setUp();
    close();
    const results = await all();
    expect(calls).toEqual(["get", "list"]);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(5);
  });
});
