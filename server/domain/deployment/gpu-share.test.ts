import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import { planGpuShare } from "./gpu-share";

type Gpu = Readonly<Record<string, unknown>>;
const POOL = { "gpu-pool": "shared" };

function plan(sharing: Gpu | null, gpu: Gpu = { count: 1 }, pool: Record<string, string> = POOL) {
  const service = anInferenceService();
  const resources = sharing === null ? {} : { gpuSharing: sharing };
  const model = aModel();
  return planGpuShare(
    { ...service, spec: { ...service.spec, resources } },
    { ...model, spec: { ...model.spec, hardware: { gpu } } },
    pool,
  );
}

describe("planGpuShare", () => {
  it.each<[string, Gpu | null, Gpu, object]>([
    ["a whole GPU when nothing is said", null, { count: 2 }, { resourceName: "nvidia.com/gpu" }],
    ["a whole GPU", { mode: "exclusive" }, { count: 2 }, { tolerationKey: "nvidia.com/gpu" }],
    [
      "a slice is a resource and a taint of its own",
      { mode: "partitioned", profile: " 1g.24gb " },
      { count: 1 },
      { resourceName: "nvidia.com/mig-1g.24gb", tolerationKey: "nvidia.com/mig-1g.24gb" },
    ],
    [
      "the taint of a slice can be named",
      { mode: "partitioned", profile: "1g.24gb" },
      { count: 1, tolerationKey: "mine" },
      { tolerationKey: "mine" },
    ],
    [
      "a seat is on the nodes set apart",
      { mode: "shared" },
      { count: 1 },
      { resourceName: "nvidia.com/gpu", nodeSelector: POOL },
    ],
    [
      "an AMD device is shared where it is",
      { mode: "shared" },
      { count: 1, vendor: "amd", runtime: "vulkan" },
      { resourceName: "devic.es/dri-render", nodeSelector: {} },
    ],
  ])("%s", (_title, sharing, gpu, share) => {
    expect(plan(sharing, gpu)).toMatchObject(share);
  });

  it.each<[string, Gpu, Gpu, string]>([
    ["two GPUs", { mode: "shared" }, { count: 2 }, "2 are asked for"],
    ["no GPU", { mode: "shared" }, {}, "0 are asked for"],
    [
      "claimed devices",
      { mode: "shared" },
      { count: 1, resourceClaims: [{ name: "gpu" }] },
      "exclude each other",
    ],
    [
      "slices of another vendor",
      { mode: "partitioned", profile: "1g.24gb" },
      { count: 1, vendor: "amd" },
      '"amd"',
    ],
    [
      "a slice that is also named",
      { mode: "partitioned", profile: "1g.24gb" },
      { count: 1, resourceName: "x/gpu" },
      '"x/gpu"',
    ],
    ["a slice without a size", { mode: "partitioned", profile: "big" }, { count: 1 }, '"big"'],
    ["a mode of tomorrow", { mode: "borrowed" }, { count: 1 }, '"borrowed"'],
  ])("refuses %s", (_title, sharing, gpu, said) => {
    expect(plan(sharing, gpu)).toContain(said);
  });

  it("refuses a seat where no nodes are set apart", () => {
    expect(plan({ mode: "shared" }, { count: 1 }, {})).toContain("shared-pool-selector");
  });
});
