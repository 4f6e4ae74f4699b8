import { describe, expect, it } from "vitest";

import {
  aClaim,
  aContainerStatus,
  aDeployment,
  aModel,
  anInferenceService,
  aNode,
  aPod,
  aVolume,
} from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, aSurroundings } from "@/server/testing/facts";
import type { ServiceFacts } from "../facts";
import type { InferenceServiceSpec, Pod, Volume } from "../objects";
import { concurrentDownload } from "./concurrent-download";
import { podsRefused } from "./pods-refused";
import { replicasShareClaim } from "./replicas-share-claim";
import { rolloutDeadlock } from "./rollout-deadlock";

type Case = {
  readonly modes?: readonly string[];
  readonly spec?: Partial<InferenceServiceSpec>;
  readonly nodes?: readonly string[];
  readonly pods?: readonly Pod[];
  readonly claimPods?: readonly Pod[];
  readonly more?: Partial<ServiceFacts>;
};

const CLAIM = "models-nvme-a";

function facts({ modes = ["ReadWriteOnce"], spec, nodes, pods, claimPods, more }: Case) {
  const names = nodes ?? ["gpu-1", "gpu-2"];
  const surroundings = aSurroundings({
    nodes: names.map((name) => aNode({ metadata: { name } })),
    ...more?.surroundings,
  });
  const claim = aClaim({ spec: { accessModes: [...modes] } });
  const volume = aVolume({ spec: { nodeAffinity: undefined } });
  const claimFacts = aClaimFacts({ claim, volume, pods: claimPods ?? [], surroundings });
  return aServiceFacts({
    service: anInferenceService({ spec: { ...spec } }),
    claims: new Map([[CLAIM, claimFacts]]),
    ...(pods === undefined ? {} : { pods }),
    ...more,
    surroundings,
  });
}

describe("replicasShareClaim", () => {
  it.each<[string, Case, string, RegExp]>([
    ["replicas", { spec: { replicas: 3 } }, "warning", /wants 3 replicas .* gpu-1 and gpu-2/u],
    [
      "an autoscaler",
      { spec: { autoscaling: { maxReplicas: 4 } } },
      "warning",
      /wants up to 4 replicas/u,
    ],
    [
      "a claim for one pod, on one node too",
      { spec: { replicas: 2 }, modes: ["ReadWriteOncePod"], nodes: ["gpu-1"] },
      "error",
      /only one pod/u,
    ],
  ])("tells of %s", (_title, given, severity, wording) => {
    const finding = replicasShareClaim(facts(given));
    expect(finding).toMatchObject({ code: "ReplicasShareClaim", severity });
    expect(finding?.message).toMatch(wording);
  });

  it.each<[string, Case]>([
    ["one replica", {}],
    ["several that all land on one node", { spec: { replicas: 3 }, nodes: ["gpu-1"] }],
    ["a claim that many may mount", { spec: { replicas: 3 }, modes: ["ReadWriteMany"] }],
    ["a suspended service", { spec: { replicas: 3, suspend: true } }],
    ["a service at zero", { spec: { replicas: 0 } }],
    [
      "nodes that cannot be seen",
      {
        spec: { replicas: 3 },
        more: { surroundings: aSurroundings({ invisible: new Set(["nodes"]) }) },
      },
    ],
  ])("is silent about %s", (_title, given) => {
    expect(replicasShareClaim(facts(given))).toBeNull();
  });
});

describe("rolloutDeadlock", () => {
  const once = { modes: ["ReadWriteOncePod"] };

  it("warns before it happens", () => {
    expect(rolloutDeadlock(facts(once))).toMatchObject({
      code: "RolloutDeadlock",
      severity: "warning",
    });
  });

  const attached = (volume: Volume, names: readonly string[]) => {
    const given = facts({ nodes: names });
    const [claim] = [given.claims.get(CLAIM)].filter((each) => each !== null);
    return { ...given, claims: new Map([[CLAIM, { ...aClaimFacts(), ...claim, volume }]]) };
  };
  const disk = aVolume({
    spec: {
      local: undefined,
      csi: { driver: "disk.example.com", volumeHandle: "1" },
      nodeAffinity: undefined,
    },
  });
  it.each([
    ["a disk and two nodes", attached(disk, ["gpu-1", "gpu-2"]), "info"],
    ["a disk and one node", attached(disk, ["gpu-1"]), undefined],
    [
      "a volume that is not attached",
      attached(aVolume({ spec: { nodeAffinity: undefined } }), ["gpu-1", "gpu-2"]),
      undefined,
    ],
  ])("of a ReadWriteOnce claim on %s says %s", (_title, given, severity) => {
    expect(rolloutDeadlock(given)?.severity).toBe(severity);
  });

  const waiting = aPod({ metadata: { name: "new", uid: "new" }, status: { phase: "Pending" } });
  it.each<[string, Case]>([
    ["a claim for a whole node", { modes: ["ReadWriteOnce"] }],
    ["a claim for many", { modes: ["ReadWriteMany"] }],
    [
      "pods that are recreated",
      { ...once, more: { deployment: aDeployment({ spec: { strategy: { type: "Recreate" } } }) } },
    ],
    ["a GPU", { ...once, spec: { resources: { gpu: 1 } } }],
    ["a rollout that is stuck already", { ...once, pods: [aPod(), waiting] }],
    ["a service that does not run", { ...once, pods: [] }],
    ["a suspended service", { ...once, spec: { suspend: true } }],
    ["a Deployment that is not there", { ...once, more: { deployment: null } }],
  ])("is silent about %s", (_title, given) => {
    expect(rolloutDeadlock(facts(given))).toBeNull();
  });
});

describe("concurrentDownload", () => {
  function downloading(name: string, directory = "/models/abc", running = true): Pod {
    const state = running ? { running: {} } : { terminated: { exitCode: 0 } };
    return aPod({
      metadata: { name, uid: name },
      spec: {
        initContainers: [
          {
            name: "model-downloader",
            image: "curl",
            env: [{ name: "CACHE_DIR", value: directory }],
          },
        ],
      },
      status: { initContainerStatuses: [aContainerStatus("model-downloader", state)] },
    });
  }
  const mine = downloading("mine");
  const together = (other: Pod, more: Partial<ServiceFacts> = {}) =>
    facts({ pods: [mine], claimPods: [mine, other], more });

  it("names both pods and the directory", () => {
    const finding = concurrentDownload(together(downloading("theirs")));
    expect(finding).toMatchObject({ code: "ConcurrentDownload", severity: "warning" });
    expect(finding?.message).toContain("mine");
    expect(finding?.message).toContain("theirs");
    expect(finding?.message).toContain('"/models/abc"');
  });

  it.each<[string, ServiceFacts]>([
    ["another directory", together(downloading("theirs", "/models/def"))],
    ["a download that has ended", together(downloading("theirs", "/models/abc", false))],
    ["one pod alone", facts({ pods: [mine], claimPods: [mine] })],
    ["two other services", facts({ pods: [], claimPods: [downloading("a"), downloading("b")] })],
    [
      "the built-in operator's downloader",
      together(downloading("theirs"), { surroundings: aSurroundings({ builtinOperator: true }) }),
    ],
  ])("is silent about %s", (_title, given) => {
    expect(concurrentDownload(given)).toBeNull();
  });
});

describe("podsRefused", () => {
  const refused = (message: string, status = "True") =>
    aServiceFacts({
      model: aModel(),
      deployment: aDeployment({
        status: {
          conditions: [
            {
              type: "ReplicaFailure",
              status,
              reason: "FailedCreate",
              message,
              lastTransitionTime: "2026-03-01T11:00:00Z",
            },
          ],
        },
      }),
    });
  const CODES = [
    "QuotaExceeded",
    "LimitRangeViolated",
    "PodSecurityViolated",
    "ServiceAccountNotFound",
    "PodsRefused",
  ] as const;
  const told = (given: ServiceFacts) => CODES.filter((code) => podsRefused(code)(given) !== null);

  it.each<[string, (typeof CODES)[number]]>([
    [
      'pods "chat-7d-x" is forbidden: exceeded quota: team, requested: requests.memory=64Gi, used: requests.memory=0, limited: requests.memory=32Gi',
      "QuotaExceeded",
    ],
    [
      'pods "chat-7d-x" is forbidden: failed quota: team: must specify requests.cpu for: llama-server',
      "QuotaExceeded",
    ],
    [
      'pods "chat-7d-x" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container "model-cache-prep" must not include "CHOWN", "FOWNER" in securityContext.capabilities.add)',
      "PodSecurityViolated",
    ],
    [
      'pods "chat-7d-x" is forbidden: maximum memory usage per Container is 8Gi, but limit is 64Gi',
      "LimitRangeViolated",
    ],
    [
      'pods "chat-7d-x" is forbidden: minimum cpu usage per Pod is 1, but request is 100m',
      "LimitRangeViolated",
    ],
    [
      'pods "chat-7d-x" is forbidden: no PriorityClass with name llmkube-normal was found',
      "PodsRefused",
    ],
    [
      'pods "chat-7d-x" is forbidden: error looking up service account ml/runner: serviceaccount "runner" not found',
      "ServiceAccountNotFound",
    ],
    [
      'admission webhook "policy.example.com" denied: error looking up service account',
      "PodsRefused",
    ],
    ['admission webhook "policy.example.com" denied the request: no team label', "PodsRefused"],
  ])("reads %s", (message, code) => {
    expect(told(refused(message))).toEqual([code]);
    expect(podsRefused(code)(refused(message))?.severity).toBe("error");
  });

  it("gives the command that creates the missing service account, of names that mean nothing to a shell", () => {
    const refusal = (account: string) =>
      `pods "x" is forbidden: error looking up service account ${account}: serviceaccount "r" not found`;
    const actions = (account: string) =>
      podsRefused("ServiceAccountNotFound")(refused(refusal(account)))?.actions;

    expect(actions("ml/runner")).toMatchObject([
      { type: "CopyCommand", command: "kubectl create serviceaccount -n ml runner" },
    ]);
    expect(actions("ml/$(reboot)")).toBeUndefined();
  });

  it("is silent once pods can be made again, and without a Deployment", () => {
    expect(told(refused("exceeded quota: team", "False"))).toEqual([]);
    expect(told(aServiceFacts())).toEqual([]);
    expect(told(aServiceFacts({ deployment: null }))).toEqual([]);
  });
});
