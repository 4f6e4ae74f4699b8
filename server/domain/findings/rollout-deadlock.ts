import type { Finding } from "@/server/contract/finding";
import { hasGpu } from "../deployment/gpu";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Deployment } from "../objects";
import { isReady } from "../pod-state";
import { desiredReplicas, mountsClaim, servingClaimFacts } from "../service-state";
import { quote } from "../wording";
import { exclusiveMode } from "./claim-in-use-on-other-node";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/**
 * The next change of the pod template will not get through: a rolling update starts the new pod before it ends the old one, and the claim
 * is for one pod. Said before it happens; once a pod waits, the claim in use is the finding. With a GPU pods are recreated.
 */
export function rolloutDeadlock(facts: ServiceFacts): Finding | null {
  const { surroundings } = facts;
  const claimFacts = servingClaimFacts(facts);
  const rolling = rollingDeployment(facts);
  if (claimFacts === null || rolling === null || !servesAlone(facts, claimFacts)) return null;
  const mode = exclusiveMode(claimFacts.claim.spec?.accessModes ?? []);
  if (mode !== "ReadWriteOncePod") return null;
  return buildFinding({
    code: "RolloutDeadlock",
    severity: "warning",
    message: `Claim ${quote(claimFacts.claim.metadata.name)} is ReadWriteOncePod and pods are replaced by a rolling update: at the next change the new pod waits for the old one, and the old one for the new.`,
    nextStep:
      "When it happens, delete the old pod by hand. A ReadWriteOnce claim on one node does not have this.",
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claimFacts.claim,
        field: "spec.accessModes",
        value: mode,
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

function rollingDeployment({ service, model, deployment }: ServiceFacts): Deployment | null {
  if (deployment === null || model === null || hasGpu(service, model)) return null;
  return deployment.spec?.strategy?.type === "Recreate" ? null : deployment;
}

/** One pod is wanted and one serves: nothing is in its way yet. */
function servesAlone(facts: ServiceFacts, { claim }: ClaimFacts): boolean {
  const holders = facts.pods.filter((pod) => mountsClaim(pod, claim.metadata.name));
  return desiredReplicas(facts) === 1 && holders.length === 1 && holders.every(isReady);
}
