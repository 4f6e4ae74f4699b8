import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { quote } from "../wording";
import { absent, ATTACH_OTHER, buildFinding, seen } from "./finding";

/** The claim was bound to a volume that no longer exists: its data is out of reach for good. */
export function claimLost(facts: ClaimFacts): Finding | null {
  const { claim, surroundings } = facts;
  if (claim.status?.phase !== "Lost") return null;
  const volume = claim.spec?.volumeName ?? "";
  const named = volume === "" ? "its volume" : `its volume ${quote(volume)}`;
  return buildFinding({
    code: "ClaimLost",
    severity: "error",
    message: `Claim ${quote(claim.metadata.name)} has lost ${named}, which no longer exists.`,
    nextStep:
      "The claim will not recover. Create a new claim, attach it, and let the model be downloaded again.",
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "status.phase",
        value: "Lost",
      }),
      ...(volume === ""
        ? []
        : [absent({ kind: "PersistentVolume", namespace: null, name: volume })]),
    ],
    actions: facts.uses.length === 0 ? [] : [ATTACH_OTHER],
  });
}
