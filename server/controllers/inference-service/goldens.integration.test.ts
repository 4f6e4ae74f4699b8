import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { readGoldenCases } from "@/server/testing/goldens/golden-case";
import { runGoldenCase } from "@/server/testing/goldens/run-case";

const folder = process.env["MOORING_GOLDENS"];
const reason =
  folder === undefined
    ? "MOORING_GOLDENS names no folder of recorded cases"
    : inject("realControlPlane")
      ? null
      : "they were recorded on a real control plane: set MOORING_TEST_SERVER=control-plane";

/** The surroundings the cases were recorded in. */
async function createNodes(api: KubeApi): Promise<void> {
  const resources = { cpu: "8", memory: "32Gi", pods: "110" };
  for (const name of ["node-a", "node-b", "gpu-a"]) {
    const gpu = name === "gpu-a";
    await api.apply(`/api/v1/nodes/${name}`, {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: { "kubernetes.io/hostname": name, ...(gpu && { accelerator: "nvidia-l4" }) },
      },
      ...(gpu && {
        spec: { taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }] },
      }),
    });
    const amounts = gpu ? { ...resources, "nvidia.com/gpu": "1" } : resources;
    await api.patchStatus(`/api/v1/nodes/${name}`, {
      capacity: amounts,
      allocatable: amounts,
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
    });
  }
}

describe.skipIf(reason !== null)(`recorded cases${reason === null ? "" : ` (${reason})`}`, () => {
  let api: KubeApi;
  beforeAll(async () => {
    api = new KubeApi(inject("kubeconfig"));
    if (reason === null) await createNodes(api);
  });
  afterAll(() => api.close());

  const cases = folder === undefined || reason !== null ? [] : readGoldenCases(folder);
  it.each(cases.map((golden) => [golden.name, golden] as const))(
    "%s",
    async (_name, golden) => {
      expect(await runGoldenCase(api, inject("kubeconfig"), golden)).toEqual([]);
    },
    180_000,
  );
});
