import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { possibleNodeNames } from "../preflight/check-nodes";
import { desiredReplicas, servingClaimFacts } from "../service-state";
import { count, listNames, quote } from "../wording";
import { exclusiveMode } from "./claim-in-use-on-other-node";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/** More pods are wanted than the claim's access mode lets start. Nothing is said where all of them land on one node. */
export function replicasShareClaim(facts: ServiceFacts): Finding | null {
  const claimFacts = servingClaimFacts(facts);
  const most = mostReplicas(facts);
  if (claimFacts === null || most < 2) return null;
  const mode = exclusiveMode(claimFacts.claim.spec?.accessModes ?? []);
  const consequence = mode === null ? null : consequenceOf(facts, claimFacts, mode);
  return mode === null || consequence === null
    ? null
    : build(facts, claimFacts, { mode, most, consequence });
}

type Excess = { readonly mode: string; readonly most: number; readonly consequence: string };

function build(
  { service, surroundings }: ServiceFacts,
  { claim }: ClaimFacts,
  { mode, most, consequence }: Excess,
): Finding {
  const scaled = service.spec.autoscaling !== undefined;
  return buildFinding({
    code: "ReplicasShareClaim",
    severity: mode === "ReadWriteOncePod" ? "error" : "warning",
    message: `The service wants ${scaled ? "up to " : ""}${count(most, "replica")} on claim ${quote(claim.metadata.name)}, which is ${mode}: ${consequence}.`,
    nextStep:
      "Keep one replica, pin the service to one node, or attach a claim that several nodes can mount (ReadWriteMany).",
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "spec.accessModes",
        value: mode,
      }),
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: scaled ? "spec.autoscaling.maxReplicas" : "spec.replicas",
        value: String(most),
      }),
    ],
    actions: [ATTACH_OTHER],
  });
}

function mostReplicas(facts: ServiceFacts): number {
  const { suspend, autoscaling } = facts.service.spec;
  if (suspend === true) return 0;
  return Math.max(desiredReplicas(facts), autoscaling?.maxReplicas ?? 0);
}

/** What becomes of the second pod; null when it starts, or when nobody can tell where it lands. */
function consequenceOf(facts: ServiceFacts, claimFacts: ClaimFacts, mode: string): string | null {
  if (mode === "ReadWriteOncePod") return "only one pod can mount it, the others wait for ever";
  const nodes = possibleNodeNames(facts, claimFacts);
  if (nodes === null || nodes.length < 2) return null;
  return `pods may land on ${listNames(nodes)}, and it can be mounted on one of them at a time`;
}
