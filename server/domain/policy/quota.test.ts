import { describe, expect, it } from "vitest";

import type { LimitRange, PodSpec, ResourceQuota } from "../objects";
import { containerAmounts, podAmounts } from "./container-amounts";
import { claimUsage, countsPod, linesFor, podUsage, timesThatFit, unstated } from "./quota";

const container = (name: string, requests = {}, limits = {}) => ({
  name,
  resources: { requests, limits },
});
const POD: PodSpec = {
  initContainers: [
    container("prep"),
    { ...container("proxy", { cpu: "100m" }), restartPolicy: "Always" },
    container("fetch", { cpu: "700m" }),
  ],
  containers: [
    container("server", { cpu: "500m", memory: "1Gi" }, { "nvidia.com/gpu": "1" }),
    container("sidecar", { cpu: "50m" }),
  ],
  priorityClassName: "llmkube-normal",
};
const AMOUNTS = containerAmounts(POD, []);
// A quota as far as the rules look at it.
const aQuota = (hard: object, rest: object = {}) =>
  ({ spec: { hard, ...rest }, status: { hard, used: {} } }) as unknown as ResourceQuota;

describe("containerAmounts", () => {
  it("takes a limit without a request for a request, and fills in the defaults of limit ranges", () => {
    const range = {
      spec: {
        limits: [
          {
            type: "Container",
            default: { cpu: "2", memory: "3Gi" },
            defaultRequest: { cpu: "100m" },
          },
          { type: "Pod", max: { cpu: "9" } },
        ],
      },
    } as unknown as LimitRange;
    const [prep, , , server] = containerAmounts(POD, [range]);

    expect(prep).toMatchObject({
      requests: { cpu: 0.1 },
      limits: { cpu: 2, memory: 3 * 1024 ** 3 },
    });
    expect(server).toMatchObject({
      requests: { cpu: 0.5, "nvidia.com/gpu": 1 },
      limits: { cpu: 2, "nvidia.com/gpu": 1 },
    });
  });

  it("counts the largest start where it is more than the containers together", () => {
    expect(podAmounts(AMOUNTS, "requests")["cpu"]).toBeCloseTo(0.8); // proxy and fetch
    const small = { ...POD, initContainers: [container("fetch", { cpu: "100m" })] };
    expect(podAmounts(containerAmounts(small, []), "requests")["cpu"]).toBeCloseTo(0.55);
  });
});

describe("quotas", () => {
  it("counts a pod under every name that a quota may use", () => {
    expect(podUsage(AMOUNTS)).toMatchObject({
      pods: 1,
      "count/pods": 1,
      memory: 1024 ** 3,
      "requests.memory": 1024 ** 3,
      "requests.nvidia.com/gpu": 1,
    });
    expect(podUsage(AMOUNTS)).not.toHaveProperty(["limits.nvidia.com/gpu"]);
    expect(podUsage(AMOUNTS)).not.toHaveProperty(["nvidia.com/gpu"]);
  });

  it("counts a claim under its class as well", () => {
    expect(claimUsage(5, "fast")).toMatchObject({
      "fast.storageclass.storage.k8s.io/requests.storage": 5,
      "fast.storageclass.storage.k8s.io/persistentvolumeclaims": 1,
    });
    expect(Object.keys(claimUsage(5, null))).toHaveLength(3);
  });

  it.each([
    ["cpu", { cpu: "9" }, [{ resource: "cpu", containers: ["prep"] }]],
    [
      "limits",
      { "limits.memory": "9Gi" },
      [{ resource: "limits.memory", containers: ["prep", "proxy", "fetch", "server", "sidecar"] }],
    ],
    ["GPUs, which nobody has to state", { "requests.nvidia.com/gpu": "9" }, []],
    ["pods", { pods: "9" }, []],
    ["scratch space", { "requests.ephemeral-storage": "9Gi" }, []],
  ])("demands a word about %s", (_name, hard, expected) => {
    expect(unstated(aQuota(hard), AMOUNTS)).toEqual(expected);
  });

  it.each<[string, object, boolean | null]>([
    ["no scope", {}, true],
    ["NotTerminating", { scopes: ["NotTerminating"] }, true],
    ["Terminating", { scopes: ["Terminating"] }, false],
    ["BestEffort", { scopes: ["BestEffort"] }, false],
    ["both of two", { scopes: ["NotBestEffort", "NotTerminating"] }, true],
    ["one of two", { scopes: ["NotBestEffort", "Terminating"] }, false],
    ["a scope of later days", { scopes: ["Someday"] }, null],
    [
      "a scope of later days and one that does not hold",
      { scopes: ["Someday", "Terminating"] },
      false,
    ],
    ...(
      [
        ["In", ["llmkube-normal"], true],
        ["In", ["llmkube-high"], false],
        ["NotIn", ["llmkube-high"], true],
        ["Exists", [], true],
        ["DoesNotExist", [], false],
      ] as const
    ).map(([operator, values, counts]): [string, object, boolean] => [
      `priority ${operator} ${values.join()}`,
      {
        scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator, values }] },
      },
      counts,
    ]),
  ])("with %s counts the pod: %s", (_name, scope, counts) => {
    expect(countsPod(aQuota({ pods: "1" }, scope), POD, AMOUNTS)).toBe(counts);
  });

  it("does not know the room of a quota that nobody has counted", () => {
    expect(linesFor(aQuota({ pods: "1" }), { pods: 1 })).toBeNull();
    expect(linesFor(aQuota({ services: "1" }), { pods: 1 })).toEqual([]);
  });

  it.each([
    [{ hard: 1, used: 0.7 }, 0.1, 0, 3],
    [{ hard: 2, used: 2 }, 1, 0, 0],
    [{ hard: 2, used: 2 }, 1, 1, 1],
    [{ hard: 2, used: 3 }, 1, 0, -1],
  ])("has of %j room for %d, with %d given back, %d times", (line, usage, freed, times) => {
    expect(timesThatFit({ resource: "cpu", ...line }, usage, freed)).toBe(times);
  });
});
