import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { isReady } from "../pod-state";
import { describeSelector, isNeverStamped } from "../scheduling-selector";
import { quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/** The volume's node affinity names no node: its provisioner never finished it, and no pod can ever use it. Judged from the volume, because the operator's status stays after recovery. */
export function unbindableModelCache(facts: ClaimFacts): Finding | null {
  const { claim, volume, pods, surroundings } = facts;
  if (volume === null || !isNeverStamped(volume) || pods.some(isReady)) return null;
  const required = volume.spec?.nodeAffinity?.required;
  return buildFinding({
    code: "UnbindableModelCache",
    severity: "error",
    message: `The volume ${quote(volume.metadata.name)} of claim ${quote(claim.metadata.name)} is bound to no node: its node affinity was never filled in, so no pod can start with it.`,
    nextStep:
      "Create a new claim, best with another storage class, and attach it; this volume was never provisioned and holds nothing.",
    since: volume.metadata.creationTimestamp,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolume",
        object: volume,
        field: "spec.nodeAffinity.required",
        value: required === undefined ? "" : describeSelector(required),
      }),
    ],
    actions: facts.uses.length === 0 ? [] : [ATTACH_OTHER],
  });
}
