import { describe, expect, it } from "vitest";

import { aModel, aNode } from "@/server/testing/builders";
import type { ClusterNode, Model } from "../objects";
import { acceleratorReady } from "./accelerator-ready";

type Hardware = NonNullable<Model["spec"]["hardware"]>;

const nodeWith = (capacity: Readonly<Record<string, string>>): ClusterNode => ({
  ...aNode(),
  status: { capacity: { cpu: "8", ...capacity } },
});

describe("acceleratorReady", () => {
  it.each<[string, Hardware, Readonly<Record<string, string>>, true | undefined]>([
    ["a CPU", { accelerator: "cpu" }, {}, true],
    ["Metal", { accelerator: "metal" }, {}, true],
    ["CUDA", { accelerator: "cuda" }, { "nvidia.com/gpu": "1" }, true],
    ["CUDA without a device", { accelerator: "cuda" }, { "nvidia.com/gpu": "0" }, undefined],
    ["CUDA beside AMD", { accelerator: "cuda" }, { "amd.com/gpu": "1" }, undefined],
    ["ROCm", { accelerator: "rocm" }, { "amd.com/gpu": "1" }, true],
    [
      "Intel",
      { accelerator: "intel", gpu: { vendor: "intel" } },
      { "gpu.intel.com/i915": "1" },
      true,
    ],
    [
      "a resource by name",
      { accelerator: "cuda", gpu: { resourceName: "nvidia.com/mig-1g.5gb" } },
      { "nvidia.com/gpu": "1" },
      undefined,
    ],
  ])("%s", (_title, hardware, capacity, expected) => {
    const model = aModel({ spec: { hardware } });
    expect(acceleratorReady(model, [nodeWith({}), nodeWith(capacity)])).toBe(expected);
  });

  it("assumes nothing of nodes that cannot be seen", () => {
    expect(acceleratorReady(aModel({ spec: { hardware: { accelerator: "cuda" } } }), null)).toBe(
      true,
    );
  });
});
