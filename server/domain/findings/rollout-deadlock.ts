import type { Finding } from "@/server/contract/finding";
import { hasGpu } from "../deployment/gpu";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Deployment } from "../objects";
import { isReady } from "../pod-state";
import { desiredReplicas, mountsClaim, servingClaimFacts } from "../service-state";
import { possibleNodeNames } from "../preflight/check-nodes";
import { listNames, quote } from "../wording";
import { exclusiveMode } from "./claim-in-use-on-other-node";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/**
 * The next change of the pod template may not get through: a rolling update starts the new pod before it ends the old one, and the claim
 * is for one pod, or for one node and pods may land on several. Said before it happens; once a pod waits, the claim in use is the finding.
 * With a GPU pods are recreated.
 */
export function rolloutDeadlock(facts: ServiceFacts): Finding | null {
  const { surroundings } = facts;
  const claimFacts = servingClaimFacts(facts);
  const rolling = rollingDeployment(facts);
  if (claimFacts === null || rolling === null || !servesAlone(facts, claimFacts)) return null;
  const danger = dangerOf(facts, claimFacts);
  if (danger === null) return null;
  return buildFinding({
    code: "RolloutDeadlock",
    severity: danger.severity,
    message: `Claim ${quote(claimFacts.claim.metadata.name)} is ${danger.mode} and pods are replaced by a rolling update: ${danger.consequence}.`,
    nextStep: danger.nextStep,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claimFacts.claim,
        field: "spec.accessModes",
        value: danger.mode,
      }),
      seen(surroundings, {
        kind: "Deployment",
        object: rolling,
        field: "spec.strategy.type",
        value: "RollingUpdate",
      }),
    ],
    actions: [ATTACH_OTHER],
  });
}

type Danger = Pick<Finding, "severity" | "nextStep"> & {
  readonly mode: string;
  readonly consequence: string;
};

/** A claim for one pod always stops a rolling update; one for a node only where the new pod lands elsewhere, and the volume is attached to nodes. */
function dangerOf(facts: ServiceFacts, claimFacts: ClaimFacts): Danger | null {
  const mode = exclusiveMode(claimFacts.claim.spec?.accessModes ?? []);
  if (mode === null) return null;
  if (mode === "ReadWriteOncePod") {
    return {
      mode,
      severity: "warning",
      consequence:
        "at the next change the new pod waits for the old one, and the old one for the new",
      nextStep:
        "When it happens, delete the old pod by hand. A ReadWriteOnce claim on one node does not have this.",
    };
  }
  const nodes =
    claimFacts.volume?.spec?.csi === undefined ? [] : possibleNodeNames(facts, claimFacts);
  if (nodes === null || nodes.length < 2) return null;
  return {
    mode,
    severity: "info",
    consequence: `a new pod that lands on another of ${listNames(nodes)} than the old one waits for it, and the old one for the new`,
    nextStep:
      "Pin the service to one node, or use a ReadWriteMany claim. When it happens, delete the old pod by hand.",
  };
}

function rollingDeployment({ service, model, deployment }: ServiceFacts): Deployment | null {
  if (deployment === null || model === null || hasGpu(service, model)) return null;
  return deployment.spec?.strategy?.type === "Recreate" ? null : deployment;
}

/** One pod is wanted and one serves: nothing is in its way yet. */
function servesAlone(facts: ServiceFacts, { claim }: ClaimFacts): boolean {
  const holders = facts.pods.filter((pod) => mountsClaim(pod, claim.metadata.name));
  return desiredReplicas(facts) === 1 && holders.length === 1 && holders.every(isReady);
}
