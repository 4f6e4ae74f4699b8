import { describe, expect, it } from "vitest";

import { aClaim, anInferenceService, aPod, aVolume } from "@/server/testing/builders";
import type { Pod, Volume } from "../objects";
import { podSchedulingInfo } from "./pod-scheduling";
import type { VolumeLookup } from "./volume-affinity";

const SCHEDULER = "2 node(s) didn't match PersistentVolume's node affinity. preemption: 0/3";
const BINDER =
  'running PreBind plugin "VolumeBinding": Operation cannot be fulfilled: pv "pv-models-nvme-a" node affinity doesn\'t match node "gpu-1": no matching NodeSelectorTerms';

function pending(message: string, reason = "Unschedulable"): Pod {
  return aPod({
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason, message }],
    },
  });
}

function volumeFor(values: readonly string[] | undefined): Volume {
  const expression = { key: "kubernetes.io/hostname", operator: "In", ...(values && { values }) };
  return aVolume({
    spec: {
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  });
}

const lookup = (volume: Volume | null, claim = true): VolumeLookup => ({
  claim: () => (claim ? aClaim() : null),
  volume: () => volume,
});
const info = (pods: readonly Pod[], found: VolumeLookup = lookup(null)) =>
  podSchedulingInfo(anInferenceService({ spec: { resources: { gpu: 2 } } }), pods, found);

describe("podSchedulingInfo", () => {
  it("names the GPU that is missing and how many are wanted", () => {
    const message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
    expect(info([pending(message)])).toEqual({
      status: "InsufficientGPU",
      message,
      waitingFor: "nvidia.com/gpu: 2",
    });
  });

  it.each([
    ["Insufficient cpu", "InsufficientResources"],
    ["Insufficient amd.com/gpu", "InsufficientResources"],
    ['persistentvolumeclaim "x" not found', "Unschedulable"],
  ])("%s → %s", (message, status) => {
    expect(info([pending(message)])?.status).toBe(status);
  });

  it("says nothing of pods that are scheduled or running", () => {
    expect(info([aPod()])).toBeNull();
    expect(info([])).toBeNull();
  });

  it.each<[string, string, readonly string[] | undefined, string | null]>([
    ["the scheduler's words, a blank node", SCHEDULER, [""], "no node."],
    ["the scheduler's words, no node", SCHEDULER, [], "no node."],
    ["the scheduler's words, no list", SCHEDULER, undefined, "no node."],
    ["the binder's words", BINDER, [""], 'so the pod cannot start on "gpu-1"'],
    ["a volume of a real node", SCHEDULER, ["gpu-2"], null],
    ["other words", "pod has unbound immediate PersistentVolumeClaims", [""], null],
  ])("tells a volume that names no node: %s", (_title, message, values, part) => {
    const found = info([pending(message)], lookup(volumeFor(values)));
    if (part === null) expect(found?.status).toBe("Unschedulable");
    else {
      expect(found?.status).toBe("UnbindableModelCache");
      expect(found?.message).toContain('PersistentVolume "pv-models-nvme-a"');
      expect(found?.message).toContain("Claim: models-nvme-a.");
      expect(found?.message).toContain(part);
    }
  });

  it("does not guess when claim or volume are not there", () => {
    expect(info([pending(SCHEDULER)], lookup(null))?.status).toBe("Unschedulable");
    expect(info([pending(SCHEDULER)], lookup(volumeFor([""]), false))?.status).toBe(
      "Unschedulable",
    );
  });
});
