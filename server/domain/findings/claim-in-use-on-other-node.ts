import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Pod } from "../objects";
import { isUnschedulable } from "../pod-state";
import { mountsClaim, servingClaimFacts } from "../service-state";
import { quote } from "../wording";
import { eventEvidence, eventTime, newestEvent } from "./event-evidence";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

type Clash = { readonly waiting: Pod; readonly holder: Pod; readonly mode: string };

/** A pod waits for a claim that only one node (ReadWriteOnce) or one pod (ReadWriteOncePod) may mount, and another has it. */
export function claimInUseOnOtherNode(facts: ServiceFacts): Finding | null {
  const claimFacts = servingClaimFacts(facts);
  const clash = claimFacts === null ? null : clashOf(facts, claimFacts);
  if (claimFacts === null || clash === null) return null;
  const { surroundings, events } = facts;
  const { waiting, holder, mode } = clash;
  const event = newestEvent(events, ["FailedAttachVolume"]);
  return buildFinding({
    code: "ClaimInUseOnOtherNode",
    severity: "error",
    message: `Claim ${quote(claimFacts.claim.metadata.name)} is ${mode} and in use by pod ${placed(holder)}; pod ${placed(waiting)} cannot mount it.`,
    nextStep: nextStep(clash, facts),
    since: event === null ? null : eventTime(event),
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claimFacts.claim,
        field: "spec.accessModes",
        value: mode,
      }),
      ...[holder, waiting].map((pod) =>
        seen(surroundings, {
          kind: "Pod",
          object: pod,
          field: "spec.nodeName",
          value: pod.spec?.nodeName ?? "not scheduled",
        }),
      ),
      ...(event === null ? [] : [eventEvidence(surroundings, event)]),
    ],
    actions: [ATTACH_OTHER],
  });
}

function placed(pod: Pod): string {
  const node = pod.spec?.nodeName;
  return `${quote(pod.metadata.name)}${node === undefined ? "" : ` on node ${node}`}`;
}

function nextStep({ holder, mode }: Clash, { pods }: ServiceFacts): string {
  const own = pods.some((pod) => pod.metadata.uid === holder.metadata.uid);
  if (own && mode === "ReadWriteOnce") {
    return `A rolling update cannot move a ${mode} claim to another node. Delete the old pod, or pin the service to its node.`;
  }
  const other = own ? "the old pod" : `pod ${quote(holder.metadata.name)}`;
  return `Let ${other} end, run both on one node, or attach a claim that several nodes can mount (ReadWriteMany).`;
}

function clashOf(facts: ServiceFacts, claimFacts: ClaimFacts): Clash | null {
  const modes = claimFacts.claim.spec?.accessModes ?? [];
  const mode = exclusiveMode(modes);
  if (mode === null) return null;
  const claim = claimFacts.claim.metadata.name;
  const waiting = facts.pods.filter((pod) => isHeldUp(pod, mode) && mountsClaim(pod, claim));
  for (const pod of waiting) {
    const holder = claimFacts.pods.find((other) => blocks(other, pod, mode));
    if (holder !== undefined) return { waiting: pod, holder, mode };
  }
  return null;
}

/** The mode that makes the claim exclusive; null when several nodes may mount it. */
export function exclusiveMode(modes: readonly string[]): string | null {
  if (modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany")) return null;
  if (modes.includes("ReadWriteOncePod")) return "ReadWriteOncePod";
  return modes.includes("ReadWriteOnce") ? "ReadWriteOnce" : null;
}

/** A pod past its scheduling that cannot start; for ReadWriteOncePod the scheduler itself holds it back. */
function isHeldUp(pod: Pod, mode: string): boolean {
  if (mode === "ReadWriteOncePod" && isUnschedulable(pod)) return true;
  const started = (pod.status?.initContainerStatuses ?? []).some(
    (status) => status.state?.running !== undefined || status.state?.terminated !== undefined,
  );
  return pod.spec?.nodeName !== undefined && pod.status?.phase === "Pending" && !started;
}

function blocks(other: Pod, pod: Pod, mode: string): boolean {
  if (other.metadata.uid === pod.metadata.uid || other.spec?.nodeName === undefined) return false;
  if (other.status?.phase !== "Running" && mode === "ReadWriteOnce") return false;
  return mode === "ReadWriteOncePod" || other.spec.nodeName !== pod.spec?.nodeName;
}
