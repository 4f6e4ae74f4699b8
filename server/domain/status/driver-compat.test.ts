import { describe, expect, it } from "vitest";

import { aContainerStatus, aNode, aPod } from "@/server/testing/builders";
import type { ClusterNode, Pod } from "../objects";
import type { DriverInput } from "./driver-compat";
import { diagnoseDriver } from "./driver-compat";

const SAID = "RuntimeError: The NVIDIA driver on your system is too old (found version 12040)";

function pod(message: string, { ready = false, exitCode = 1, name = "vllm" } = {}): Pod {
  const terminated = { exitCode, message };
  const status = aContainerStatus(name, {}, { ready, lastState: { terminated } });
  return aPod({ status: { containerStatuses: [status] } });
}

const diagnose = (patch: Partial<DriverInput>) =>
  diagnoseDriver({ pods: [], container: "vllm", node: () => null, previous: null, ...patch });

describe("diagnoseDriver", () => {
  it.each([
    SAID,
    "cudaGetDeviceCount: CUDA driver version is insufficient for CUDA runtime version",
    "error: cudaErrorInsufficientDriver",
    "CUDA_ERROR_INSUFFICIENT_DRIVER",
  ])("knows %s", (line) => {
    const found = diagnose({ pods: [pod(`starting\n${line}\nbye`)] });
    expect(found).toMatchObject({ status: "False", reason: "CUDADriverInsufficient" });
    expect(found?.message).toContain(`"${line}"`);
    expect(found?.message).toContain('"gpu-1"');
  });

  it.each<[string, Pod]>([
    ["another end", pod("Driver/library version mismatch")],
    ["an end without fault", pod(SAID, { exitCode: 0 })],
    ["another container", pod(SAID, { name: "model-downloader" })],
    ["an end before the pod came to serve", pod(SAID, { ready: true })],
  ])("says nothing of %s", (_title, one) => {
    expect(diagnose({ pods: [one] })).toBeNull();
  });

  it("is not comforted by another pod that serves", () => {
    const pods = [pod("", { ready: true }), pod(SAID)];
    expect(diagnose({ pods, previous: "False" })?.status).toBe("False");
  });

  it("takes it back once the engine runs, and not because pods are gone", () => {
    const running = [pod(SAID, { ready: true })];
    expect(diagnose({ pods: running, previous: "False" })?.reason).toBe("RuntimeStarted");
    expect(diagnose({ pods: [], previous: "False" })).toBeNull();
    expect(diagnose({ pods: running, previous: "True" })).toBeNull();
  });

  it("says what the node supports, by new and by old labels", () => {
    const node = (labels: Record<string, string>) => (): ClusterNode =>
      aNode({ metadata: { labels } });
    const said = (labels: Record<string, string>) =>
      diagnose({ pods: [pod(SAID)], node: node(labels) })?.message;
    expect(
      said({
        "nvidia.com/cuda.runtime-version.major": "12",
        "nvidia.com/cuda.runtime-version.minor": "8",
        "nvidia.com/cuda.driver-version.full": "570.10",
      }),
    ).toContain("CUDA up to 12.8 (driver 570.10)");
    expect(
      said({ "nvidia.com/cuda.runtime.major": "12", "nvidia.com/cuda.driver.major": "550" }),
    ).toContain("CUDA up to 12 (driver 550)");
  });

  it("keeps what a container printed short and clean", () => {
    const message = diagnose({
      pods: [pod(`\u0007cudaErrorInsufficientDriver ${"x".repeat(900)}`)],
    })?.message;
    expect(message).not.toContain("\u0007");
    expect(message?.length).toBeLessThan(600);
  });
});
