import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import type { KubeEvent } from "../objects";
import { isUnschedulable, podCondition } from "../pod-state";
import { isVisible } from "../service-state";
import { count, plain, quote } from "../wording";
import { eventEvidence, eventTime, newestEvent } from "./event-evidence";
import { buildFinding, seen } from "./finding";
import { provisionerStuck } from "./provisioner-stuck";

const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** A provisioner that has not answered in this time is worth a look. */
const PATIENCE_SECONDS = 120;

type Cause = {
  readonly severity: "error" | "warning" | "info";
  readonly why: string;
  readonly nextStep: string;
  readonly since?: string | null;
  readonly evidence?: readonly Evidence[];
};

/** The claim has no volume yet. Waiting for its first pod is normal; every other wait names what is missing. */
export function claimPending(facts: ClaimFacts): Finding | null {
  const { claim, surroundings } = facts;
  if ((claim.status?.phase ?? "Pending") !== "Pending") return null;
  if (claim.metadata.deletionTimestamp !== undefined) return null;
  if (provisionerStuck(facts) !== null) return null;
  const cause = causeOf(facts);
  return buildFinding({
    code: "ClaimPending",
    severity: cause.severity,
    message: `Claim ${quote(claim.metadata.name)} is not bound to a volume: ${cause.why}.`,
    nextStep: cause.nextStep,
    since: cause.since ?? claim.metadata.creationTimestamp,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "status.phase",
        value: "Pending",
      }),
      ...(cause.evidence ?? []),
    ],
  });
}

function causeOf(facts: ClaimFacts): Cause {
  return (
    failing(facts) ??
    withoutClass(facts) ??
    unknownClass(facts) ??
    noMatchingVolume(facts) ??
    waitingForConsumer(facts) ??
    provisioning(facts)
  );
}

function failing(facts: ClaimFacts): Cause | null {
  const event = newestEvent(facts.events, ["ProvisioningFailed"]);
  if (event === null) return null;
  return {
    severity: "error",
    why: `its provisioner fails with ${quote(plain(event.message ?? "no message"))}`,
    nextStep: "Fix what the provisioner reports; it tries again by itself.",
    ...withEvent(facts, event),
  };
}

function withEvent(facts: ClaimFacts, event: KubeEvent) {
  return { since: eventTime(event), evidence: [eventEvidence(facts.surroundings, event)] };
}

function withoutClass(facts: ClaimFacts): Cause | null {
  const { claim, surroundings, events } = facts;
  const name = claim.spec?.storageClassName ?? "";
  const volume = claim.spec?.volumeName ?? "";
  if (name !== "") return null;
  const event = newestEvent(events, ["FailedBinding"]);
  const evidence = [
    seen(surroundings, {
      kind: "PersistentVolumeClaim",
      object: claim,
      field: "spec.storageClassName",
      value: "not set",
    }),
    ...(event === null ? [] : [eventEvidence(surroundings, event)]),
  ];
  if (volume !== "") {
    return {
      severity: "error",
      why: `it asks for volume ${quote(volume)}, which does not take it`,
      nextStep: "Check that the volume exists, is Available, and fits in class, size and mode.",
      evidence,
    };
  }
  return {
    severity: "error",
    why: "it names no storage class, there was no default class for it, and no volume without a class fits",
    nextStep:
      "Make a volume that fits, or create the claim anew with a storage class: the class of a claim cannot be changed later.",
    evidence,
  };
}

function unknownClass(facts: ClaimFacts): Cause | null {
  const { claim, storageClass, surroundings } = facts;
  const name = claim.spec?.storageClassName ?? "";
  if (storageClass !== null || !isVisible(surroundings, "storageclasses")) return null;
  return {
    severity: "error",
    why: `its storage class ${quote(name)} does not exist`,
    nextStep: `Create the class ${quote(name)}, or create the claim anew with a class that exists.`,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "spec.storageClassName",
        value: name,
      }),
    ],
  };
}

/** The scheduler looked for a volume for the first pod and found none. */
function noMatchingVolume(facts: ClaimFacts): Cause | null {
  const { pods, storageClass, events, surroundings } = facts;
  const pod = pods.filter(isUnschedulable).find((candidate) => {
    const message = podCondition(candidate, "PodScheduled")?.message ?? "";
    return /didn't find available persistent volumes to bind/iu.test(message);
  });
  if (pod !== undefined) {
    const condition = podCondition(pod, "PodScheduled");
    return {
      severity: "error",
      why: `no free volume of its class fits on a node where pod ${quote(pod.metadata.name)} may run`,
      nextStep: "Add a volume of this class and size on such a node, or attach another claim.",
      since: condition?.lastTransitionTime ?? null,
      evidence: [
        seen(surroundings, {
          kind: "Pod",
          object: pod,
          field: "status.conditions[PodScheduled].message",
          value: condition?.message ?? "",
        }),
      ],
    };
  }
  const manual = storageClass?.provisioner === "kubernetes.io/no-provisioner";
  if (!manual || storageClass.volumeBindingMode === "WaitForFirstConsumer") return null;
  const event = newestEvent(events, ["FailedBinding"]);
  return {
    severity: "error",
    why: `no free volume of class ${quote(storageClass.metadata.name)} fits, and the class makes none`,
    nextStep: "Add a volume of this class that is large enough, with the same access modes.",
    ...(event === null ? {} : withEvent(facts, event)),
  };
}

function waitingForConsumer(facts: ClaimFacts): Cause | null {
  const { claim, storageClass, pods, surroundings } = facts;
  if (storageClass?.volumeBindingMode !== "WaitForFirstConsumer") return null;
  const node = claim.metadata.annotations?.[SELECTED_NODE];
  if (node !== undefined) return null;
  const evidence = [
    seen(surroundings, {
      kind: "StorageClass",
      object: storageClass,
      field: "volumeBindingMode",
      value: "WaitForFirstConsumer",
    }),
  ];
  return pods.length === 0
    ? {
        severity: "info",
        why: "it waits for the first pod that uses it, as its class says",
        nextStep: "Nothing to do: it is bound where the first pod of a service lands.",
        evidence,
      }
    : {
        severity: "info",
        why: `it waits until one of its ${count(pods.length, "pod")} has been given a node`,
        nextStep:
          "It is bound as soon as a pod is scheduled; what keeps the pod waiting is said at its service.",
        evidence,
      };
}

function provisioning(facts: ClaimFacts): Cause {
  const { claim, surroundings } = facts;
  const node = claim.metadata.annotations?.[SELECTED_NODE];
  const ageSeconds =
    (Date.parse(surroundings.now) - Date.parse(claim.metadata.creationTimestamp)) / 1000;
  const where = node === undefined ? "" : ` for node ${quote(node)}`;
  const event = newestEvent(facts.events, ["ExternalProvisioning", "Provisioning"]);
  const evidence = event === null ? [] : [eventEvidence(surroundings, event)];
  if (node === undefined && ageSeconds < PATIENCE_SECONDS) {
    return {
      severity: "info",
      why: "its provisioner is making one",
      nextStep: "Nothing to do yet.",
      evidence,
    };
  }
  return {
    severity: "warning",
    why: `its provisioner has not made one yet${where}`,
    nextStep:
      "If it stays so, look whether the provisioner of its storage class runs, and at its log.",
    evidence,
  };
}
