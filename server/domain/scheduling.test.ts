import { describe, expect, it } from "vitest";

import { aClaimFacts } from "@/server/testing/facts";
import type { ClusterNode, Pod, Toleration } from "./objects";
import { aDeployment, aModel, anInferenceService, aNode, aPod } from "@/server/testing/builders";
import { buildPodRequirements, type PodRequirements } from "./pod-requirements";
import { judgeNodes, namesOf } from "./scheduling";
import { matchesNodeSelector, type NodeSelector } from "./scheduling-selector";
import { tolerates } from "./scheduling-taints";

const NOTHING: PodRequirements = {
  namespace: "ml",
  labels: {},
  nodeSelector: {},
  affinity: null,
  topologySpread: [],
  tolerations: [],
  requests: {},
  priority: 0,
  unseen: [],
};
const node = aNode({ metadata: { labels: { zone: "a", cores: "16" } } });

describe("matchesNodeSelector", () => {
  type Requirement = NonNullable<
    NodeSelector["nodeSelectorTerms"][number]["matchExpressions"]
  >[number];
  const selects = (...requirements: readonly Requirement[]) =>
    matchesNodeSelector({ nodeSelectorTerms: [{ matchExpressions: requirements }] }, node);

  it.each<[string, Requirement, boolean]>([
    ["In, one of the values", { key: "zone", operator: "In", values: ["b", "a"] }, true],
    ["In, none of the values", { key: "zone", operator: "In", values: ["b"] }, false],
    ["In, without the label", { key: "rack", operator: "In", values: [""] }, false],
    ["NotIn, another value", { key: "zone", operator: "NotIn", values: ["b"] }, true],
    ["NotIn, without the label", { key: "rack", operator: "NotIn", values: ["b"] }, true],
    ["NotIn, that value", { key: "zone", operator: "NotIn", values: ["a"] }, false],
    ["Exists", { key: "zone", operator: "Exists" }, true],
    ["Exists, without the label", { key: "rack", operator: "Exists" }, false],
    ["DoesNotExist", { key: "rack", operator: "DoesNotExist" }, true],
    ["DoesNotExist, with the label", { key: "zone", operator: "DoesNotExist" }, false],
    ["Gt", { key: "cores", operator: "Gt", values: ["8"] }, true],
    ["Gt, equal", { key: "cores", operator: "Gt", values: ["16"] }, false],
    ["Lt", { key: "cores", operator: "Lt", values: ["32"] }, true],
    ["Gt on what is no number", { key: "zone", operator: "Gt", values: ["1"] }, false],
    ["an operator that does not exist", { key: "zone", operator: "Like", values: ["a"] }, false],
  ])("%s", (_name, requirement, expected) => {
    expect(selects(requirement)).toBe(expected);
  });

  it("joins requirements by and, terms by or, and lets an empty term match nothing", () => {
    const yes = { key: "zone", operator: "Exists" };
    const no = { key: "rack", operator: "Exists" };

    expect(selects(yes, no)).toBe(false);
    expect(
      matchesNodeSelector(
        { nodeSelectorTerms: [{ matchExpressions: [no] }, { matchExpressions: [yes] }] },
        node,
      ),
    ).toBe(true);
    expect(matchesNodeSelector({ nodeSelectorTerms: [{}] }, node)).toBe(false);
    expect(matchesNodeSelector({ nodeSelectorTerms: [] }, node)).toBe(false);
  });

  it("knows metadata.name as a field", () => {
    const named = (value: string) => ({
      nodeSelectorTerms: [
        { matchFields: [{ key: "metadata.name", operator: "In", values: [value] }] },
      ],
    });

    expect(matchesNodeSelector(named("gpu-1"), node)).toBe(true);
    expect(matchesNodeSelector(named("gpu-2"), node)).toBe(false);
  });
});

describe("tolerates", () => {
  const taint = { key: "team", value: "ml", effect: "NoSchedule" };

  it.each<[string, Toleration, boolean]>([
    [
      "the same key and value",
      { key: "team", operator: "Equal", value: "ml", effect: "NoSchedule" },
      true,
    ],
    ["Equal is the default", { key: "team", value: "ml" }, true],
    ["another value", { key: "team", value: "web" }, false],
    ["Exists for the key", { key: "team", operator: "Exists" }, true],
    ["Exists without a key", { operator: "Exists" }, true],
    ["nothing at all", {}, false],
    ["another effect", { key: "team", operator: "Exists", effect: "NoExecute" }, false],
    ["another key", { key: "gpu", operator: "Exists" }, false],
  ])("%s", (_name, toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected);
  });
});

describe("judgeNodes", () => {
  const fit = (on: ClusterNode, requirements: Partial<PodRequirements> = {}, pods: Pod[] = []) =>
    judgeNodes({
      requirements: { ...NOTHING, ...requirements },
      nodes: [on],
      claims: [],
      load: () => pods,
    })[0];

  it.each([
    ["a plain node", aNode(), {}, []],
    [
      "a label",
      aNode(),
      { nodeSelector: { zone: "a" } },
      ["does not have the label zone=a that the service selects"],
    ],
    [
      "a cordon",
      aNode({ spec: { unschedulable: true } }),
      {},
      ["is cordoned and takes no new pods"],
    ],
    [
      "a cordon with its taint, said once",
      aNode({
        spec: {
          unschedulable: true,
          taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }],
        },
      }),
      {},
      ["is cordoned and takes no new pods"],
    ],
    [
      "a cordon that is tolerated",
      aNode({ spec: { unschedulable: true } }),
      { tolerations: [{ operator: "Exists" }] },
      [],
    ],
    [
      "memory",
      aNode(),
      { requests: { memory: 256 * 1024 ** 3 } },
      ["offers 128.0 GiB of the 256.0 GiB memory that a pod asks for"],
    ],
    [
      "a device it has none of",
      aNode(),
      { requests: { "amd.com/gpu": 1 } },
      ["has no amd.com/gpu"],
    ],
    ["all it offers", aNode(), { requests: { "nvidia.com/gpu": 1, cpu: 32_000 } }, []],
  ])("judges %s", (_name, on, requirements, reasons) => {
    const state = reasons.length === 0 ? "fits" : "not";
    expect(fit(on, requirements)).toEqual({ name: "gpu-1", state, reasons });
  });

  it("takes off what other pods of the node use", () => {
    const user = aPod({
      spec: {
        containers: [{ name: "x", resources: { limits: { "nvidia.com/gpu": "1" } } }],
      },
    });

    expect(fit(aNode(), { requests: { "nvidia.com/gpu": 1 } }, [user])?.reasons).toEqual([
      "has free 0 of the 1 nvidia.com/gpu that a pod asks for",
    ]);
  });

  it("asks the volume", () => {
    const nodes = [aNode(), aNode({ metadata: { name: "gpu-2" } })];
    const claims = [{ name: "models-nvme-a", facts: aClaimFacts() }];
    const fits = judgeNodes({ requirements: NOTHING, nodes, claims, load: "ignored" });

    expect(namesOf(fits, "fits")).toEqual(["gpu-1"]);
    expect(fits[1]?.reasons).toEqual(["cannot reach the volume pv-models-nvme-a"]);
  });
});

describe("buildPodRequirements", () => {
  const cuda = aModel({
    spec: { hardware: { accelerator: "cuda", gpu: { enabled: true, count: 2, vendor: "nvidia" } } },
  });

  it("takes placement from the spec, also before it is rolled out", () => {
    const service = anInferenceService({
      spec: {
        nodeSelector: { pool: "new" },
        tolerations: [{ key: "team", operator: "Exists" }],
        resources: { cpu: "2", memory: "4Gi", hostMemory: "8Gi" },
      },
    });
    const deployment = aDeployment({
      spec: { template: { spec: { nodeSelector: { pool: "old" } } } },
    });

    expect(buildPodRequirements({ service, model: aModel(), deployment })).toMatchObject({
      nodeSelector: { pool: "new" },
      affinity: null,
      tolerations: [{ key: "team", operator: "Exists" }],
      requests: { cpu: 2000, memory: 8 * 1024 ** 3 },
    });
  });

  it("tolerates the taint of the GPUs it asks for, as the operator does", () => {
    const service = anInferenceService({ spec: { resources: { gpu: 1 } } });
    const requirements = buildPodRequirements({ service, model: cuda, deployment: null });

    expect(requirements.requests).toEqual({ "nvidia.com/gpu": 2 });
    expect(requirements.tolerations).toEqual([
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
    ]);
  });

  it("takes the labels of a shared pool from the Deployment", () => {
    const service = anInferenceService({
      spec: { resources: { gpu: 1, gpuSharing: { mode: "shared" } } },
    });
    const deployment = aDeployment({
      spec: { template: { spec: { nodeSelector: { pool: "shared" } } } },
    });

    expect(buildPodRequirements({ service, model: aModel(), deployment }).nodeSelector).toEqual({
      pool: "shared",
    });
  });

  it("leaves out a quantity that is none", () => {
    const service = anInferenceService({ spec: { resources: { cpu: "lots" } } });

    expect(buildPodRequirements({ service, model: null, deployment: null }).requests).toEqual({});
  });
});
