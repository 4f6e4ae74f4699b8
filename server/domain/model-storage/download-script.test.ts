import { describe, expect, it } from "vitest";

import { initContainersOf, type StagedModel } from "@/server/testing/downloads/staged-model";

const CA = { caCertConfigMap: "extra-ca" };
const ON_CHANGE = { refreshPolicy: "OnChange" as const };
const EPHEMERAL = { modelCache: { persistence: "Ephemeral" as const } };

const CASES: readonly (readonly [string, StagedModel])[] = [
  ["one file", { model: { source: "https://h/a.gguf" }, settings: CA }],
  ["one file, OnChange", { model: { source: "https://h/a.gguf", ...ON_CHANGE } }],
  ["one file, not kept", { model: { source: "https://h/a.gguf" }, service: EPHEMERAL }],
  ["one object", { model: { source: "s3://b/a.gguf" } }],
  ["a node's file", { model: { source: "/srv/a" }, settings: { allowedHostPathRoots: ["/srv"] } }],
  ["several files", { model: { source: "hf://o/r", files: ["a"] }, settings: CA }],
  ["several files, OnChange", { model: { source: "hf://o/r", files: ["a"], ...ON_CHANGE } }],
  ["several objects", { model: { source: "s3://b/m", files: ["a"] } }],
];

describe("scripts of the init containers", () => {
  it.each(CASES)("leave the kubelet nothing to replace: %s", (_, staged) => {
    for (const { command } of initContainersOf(staged)) {
      // `$$` becomes `$`, and `$(name)` the value of a variable that a Secret may hold
      expect(command?.[2]).not.toMatch(/\$\$|\$\([-._a-zA-Z][-._a-zA-Z0-9]*\)/);
    }
  });

  it("do not depend on what the Model says, so that equal Models have equal scripts", () => {
    const script = (source: string, file: string) =>
      initContainersOf({ model: { source, files: [file] } }).map(({ command }) => command);
    expect(script("hf://o/r", "a.gguf")).toEqual(script("hf://p/q", "'; rm -rf /; '"));
  });

  it.each(CASES)("are of a size that a Deployment can well carry: %s", (_, staged) => {
    for (const { command } of initContainersOf(staged)) {
      expect(command?.[2]?.length).toBeLessThan(6000);
    }
  });
});
