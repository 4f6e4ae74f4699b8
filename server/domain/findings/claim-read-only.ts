import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/** A cache is written before it is served. A claim whose models are staged beforehand need not be. */
export function claimReadOnly(facts: ClaimFacts): Finding | null {
  const { claim, uses, surroundings } = facts;
  const modes = claim.spec?.accessModes ?? [];
  const written = uses.some(({ how }) => how !== "preStaged");
  if (!written || modes.length === 0 || modes.some((mode) => mode !== "ReadOnlyMany")) return null;
  return buildFinding({
    code: "ClaimReadOnly",
    severity: "error",
    message: `Claim ${quote(claim.metadata.name)} can only be mounted for reading, but the model is written to it before it is served.`,
    nextStep:
      "Attach a claim that can be written (ReadWriteOnce or ReadWriteMany), or use a pvc:// source for weights that are on it already.",
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "spec.accessModes",
        value: modes.join(", "),
      }),
    ],
    actions: [ATTACH_OTHER],
  });
}
