import { describe, expect, it } from "vitest";

import {
  aClaim,
  aModel,
  anEvent,
  anInferenceService,
  aStorageClass,
} from "@/server/testing/builders";
import { aClaimFacts } from "@/server/testing/facts";
import type { ClaimFacts, ServiceUse } from "../facts";
import { claimReadOnly } from "./claim-read-only";
import { claimResize } from "./claim-resize";
import { claimVolumeMode } from "./claim-volume-mode";

const use = (how: ServiceUse["how"]): ServiceUse => ({
  service: anInferenceService(),
  model: aModel(),
  how,
});
const used = (claim: ClaimFacts["claim"], ...ways: readonly ServiceUse["how"][]) =>
  aClaimFacts({ claim, uses: ways.map(use) });

describe("claimVolumeMode", () => {
  const block = aClaim({ spec: { volumeMode: "Block" } });

  it("tells of a block volume that a service is to use", () => {
    expect(claimVolumeMode(used(block, "declared"))).toMatchObject({
      code: "ClaimBlockVolume",
      severity: "error",
    });
  });

  it.each<[string, ClaimFacts]>([
    ["a block volume of somebody else's", used(block)],
    ["a file system", used(aClaim({ spec: { volumeMode: "Filesystem" } }), "declared")],
    ["a mode that is not said", used(aClaim({ spec: { volumeMode: undefined } }), "declared")],
  ])("is silent about %s", (_title, facts) => {
    expect(claimVolumeMode(facts)).toBeNull();
  });
});

describe("claimReadOnly", () => {
  const modes = (...accessModes: string[]) => aClaim({ spec: { accessModes } });

  it("tells of a claim that cannot be written and is a cache", () => {
    const finding = claimReadOnly(used(modes("ReadOnlyMany"), "preStaged", "declared"));
    expect(finding).toMatchObject({ code: "ClaimReadOnly", severity: "error" });
  });

  it.each<[string, ClaimFacts]>([
    ["weights that are staged beforehand", used(modes("ReadOnlyMany"), "preStaged")],
    ["a claim that no service is on", used(modes("ReadOnlyMany"))],
    ["one mode of several", used(modes("ReadOnlyMany", "ReadWriteOnce"), "declared")],
    ["modes that are not said", used(modes(), "declared")],
  ])("is silent about %s", (_title, facts) => {
    expect(claimReadOnly(facts)).toBeNull();
  });
});

describe("claimResize", () => {
  const growing = (status: object = {}) =>
    aClaim({
      spec: { resources: { requests: { storage: "200Gi" } } },
      status: { phase: "Bound", capacity: { storage: "100Gi" }, ...status },
    });
  const on = (type: string, message = "") => ({
    conditions: [{ type, status: "True", message, lastTransitionTime: "2026-03-01T11:00:00Z" }],
  });
  const expandable = aStorageClass({ allowVolumeExpansion: true });
  const facts = (status: object = {}, more: Partial<ClaimFacts> = {}) =>
    aClaimFacts({ claim: growing(status), storageClass: expandable, ...more });

  it.each<[string, ClaimFacts, string, RegExp]>([
    ["work under way", facts(on("Resizing")), "info", /its storage is at it/u],
    ["a file system to grow", facts(on("FileSystemResizePending")), "info", /mounts it next/u],
    ["a refusal", facts(on("ControllerResizeError", "no room")), "warning", /"no room"/u],
    ["a refusal on the node", facts(on("NodeResizeError", "busy")), "warning", /"busy"/u],
    [
      "a refusal that only an event tells",
      facts({}, { events: [anEvent({ reason: "VolumeResizeFailed", message: "quota" })] }),
      "warning",
      /"quota"/u,
    ],
    [
      "a class that does not let claims grow",
      facts({}, { storageClass: aStorageClass({ allowVolumeExpansion: false }) }),
      "warning",
      /does not allow claims to grow/u,
    ],
    ["a class that cannot be seen", facts({}, { storageClass: null }), "info", /is at it/u],
  ])("tells of %s", (_title, given, severity, wording) => {
    const finding = claimResize(given);
    expect(finding).toMatchObject({ code: "ClaimResize", severity });
    expect(finding?.message).toMatch(wording);
    expect(finding?.message).toContain("from 100.0 GiB to 200.0 GiB");
  });

  it.each<[string, ClaimFacts]>([
    ["a claim of the size it asks for", facts({ capacity: { storage: "200Gi" } })],
    ["a claim that got more than it asked for", facts({ capacity: { storage: "1Ti" } })],
    ["a claim that is not bound", facts({ phase: "Pending" })],
    ["a size that is not known", facts({ capacity: undefined })],
    ["a condition that is over", facts({ capacity: { storage: "200Gi" }, ...on("Resizing") })],
  ])("is silent about %s", (_title, given) => {
    expect(claimResize(given)).toBeNull();
  });
});
