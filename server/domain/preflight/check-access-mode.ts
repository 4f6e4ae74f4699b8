import type { Check, Verdict } from "@/server/contract/preflight";
import { hasGpu } from "../deployment/gpu";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { exclusiveMode } from "../findings/claim-in-use-on-other-node";
import { seen } from "../findings/finding";
import type { Pod } from "../objects";
import { buildPodRequirements, priorityOfPod } from "../pod-requirements";
import { desiredReplicas, expectedCacheClaim, planOf } from "../service-state";
import { count, listNames } from "../wording";
import { possibleNodeNames } from "./check-nodes";
import { buildCheck } from "./verdict";

type Case = {
  readonly after: ServiceFacts;
  readonly claimFacts: ClaimFacts;
  /** null: not known. */
  readonly nodes: readonly string[] | null;
  readonly replicas: number;
  /** Running pods that mount the claim and are not the service's own. */
  readonly others: readonly Pod[];
};

/** Whether the claim's access mode suits the number of pods, where they may land, and who else mounts it. */
export function checkAccessMode(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (claimFacts === null) {
    return buildCheck("AccessMode", [
      "unknown",
      "Could not check: the claim is not there to look at.",
    ]);
  }
  const modes = claimFacts.claim.spec?.accessModes ?? [];
  const mode = exclusiveMode(modes);
  if (!wouldMount(after, claimFacts)) {
    return buildCheck("AccessMode", ["pass", "Pods of this service do not mount it."]);
  }
  const own = new Set(after.pods.map((pod) => pod.metadata.uid));
  const subject: Case = {
    after,
    claimFacts,
    nodes: possibleNodeNames(after, claimFacts),
    replicas: mostReplicas(after),
    others: claimFacts.pods.filter((pod) => !own.has(pod.metadata.uid)),
  };
  const verdict =
    mode === null
      ? (["pass", "Several nodes may mount it at once."] as const)
      : mode === "ReadWriteOncePod"
        ? oncePod(subject)
        : once(subject);
  return buildCheck("AccessMode", verdict, [
    seen(claimFacts.surroundings, {
      kind: "PersistentVolumeClaim",
      object: claimFacts.claim,
      field: "spec.accessModes",
      value: modes.join(", "),
    }),
    ...subject.others.slice(0, 3).map((pod) =>
      seen(claimFacts.surroundings, {
        kind: "Pod",
        object: pod,
        field: "spec.nodeName",
        value: pod.spec?.nodeName ?? "not scheduled",
      }),
    ),
  ]);
}

/** What cannot be told is taken to be as it was asked. */
function wouldMount(after: ServiceFacts, { claim }: ClaimFacts): boolean {
  return planOf(after).kind === "Unknown" || expectedCacheClaim(after) === claim.metadata.name;
}

function mostReplicas(after: ServiceFacts): number {
  const declared = after.service.spec.replicas ?? 1;
  return Math.max(
    desiredReplicas(after),
    declared,
    after.service.spec.autoscaling?.maxReplicas ?? 0,
  );
}

/** With GPUs the operator ends the old pod before it starts the new one. */
function onePodAtATime({ service, model }: ServiceFacts): boolean {
  return model !== null && hasGpu(service, model);
}

function oncePod({ replicas, others, after }: Case): readonly [Verdict, string] {
  if (replicas > 1) {
    return [
      "block",
      `ReadWriteOncePod lets one pod mount it, but the service wants up to ${replicas}.`,
    ];
  }
  const holders = others.filter(({ spec }) => spec?.nodeName !== undefined);
  if (holders.length > 0) return heldByOthers(after, holders);
  return onePodAtATime(after)
    ? ["pass", "One pod may mount it, and the service has one at a time."]
    : [
        "warn",
        "ReadWriteOncePod lets one pod mount it: at each later rolling update the new pod waits until the old one is deleted by hand.",
      ];
}

/** Kubernetes ends a pod of lower priority for one that needs its claim. */
function heldByOthers(after: ServiceFacts, holders: readonly Pod[]): readonly [Verdict, string] {
  const { priority } = buildPodRequirements(after);
  const who = names(holders);
  if (priority === null) {
    return [
      "unknown",
      `ReadWriteOncePod lets one pod mount it, and ${who} does. Could not check whether Kubernetes would end it: the priority of the service is not known.`,
    ];
  }
  return holders.every((pod) => priorityOfPod(pod) < priority)
    ? [
        "warn",
        `ReadWriteOncePod lets one pod mount it, and ${who} does: Kubernetes would end it, because the service has a higher priority.`,
      ]
    : ["block", `ReadWriteOncePod lets one pod mount it, and ${who} already does.`];
}

function once(subject: Case): readonly [Verdict, string] {
  const { nodes, replicas } = subject;
  if (nodes === null) {
    return [
      "unknown",
      "ReadWriteOnce: one node at a time. Could not check on which nodes pods may land.",
    ];
  }
  if (nodes.length === 0) {
    return ["unknown", "ReadWriteOnce: one node at a time, but no node can run the service."];
  }
  const clash = clashWithOthers(subject, nodes);
  if (clash !== null) return clash;
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) {
    return replicas > 1
      ? ["warn", `ReadWriteOnce: all ${replicas} replicas must share ${only}.`]
      : ["pass", `ReadWriteOnce, and every pod lands on ${only}.`];
  }
  return severalNodes(subject);
}

function clashWithOthers(
  { others }: Case,
  nodes: readonly string[],
): readonly [Verdict, string] | null {
  const held = [...new Set(others.flatMap((pod) => pod.spec?.nodeName ?? []))];
  if (held.length === 0) return null;
  const where = `ReadWriteOnce and in use on ${listNames(held)} by ${names(others)}`;
  if (nodes.every((node) => !held.includes(node))) {
    return ["block", `${where}, where this service cannot run.`];
  }
  return nodes.every((node) => held.includes(node))
    ? null
    : ["warn", `${where}: pods of this service that land elsewhere cannot mount it.`];
}

function severalNodes({ replicas, after }: Case): readonly [Verdict, string] {
  if (replicas > 1) {
    return [
      "warn",
      `ReadWriteOnce: one node at a time, but ${count(replicas, "replica")} may land on several.`,
    ];
  }
  return onePodAtATime(after)
    ? ["pass", "ReadWriteOnce, with one pod at a time."]
    : [
        "warn",
        "ReadWriteOnce: at a later rolling update the new pod may land on another node and wait for a claim the old one holds.",
      ];
}

function names(pods: readonly Pod[]): string {
  return listNames(
    pods.map((pod) => pod.metadata.name),
    2,
  );
}
