import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/** A raw block volume has no file system, so no file can be put on it. Claims that no service is on may be what they like. */
export function claimVolumeMode(facts: ClaimFacts): Finding | null {
  const { claim, uses, surroundings } = facts;
  if (claim.spec?.volumeMode !== "Block" || uses.length === 0) return null;
  return buildFinding({
    code: "ClaimBlockVolume",
    severity: "error",
    message: `Claim ${quote(claim.metadata.name)} is a raw block volume; a model cache needs a file system, so pods cannot mount it.`,
    nextStep:
      "The mode of a claim cannot be changed: make one with volumeMode Filesystem and attach that.",
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "spec.volumeMode",
        value: "Block",
      }),
    ],
    actions: [ATTACH_OTHER],
  });
}
