import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { listNames, quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

/** The claim is being deleted: it lives on only as long as pods hold it. */
export function claimTerminating(facts: ClaimFacts): Finding | null {
  const { claim, pods, surroundings } = facts;
  const since = claim.metadata.deletionTimestamp;
  if (since === undefined) return null;
  const holders = pods.map((pod) => pod.metadata.name);
  const held = holders.length === 0 ? "" : ` Until then it is held by ${listNames(holders)}.`;
  return buildFinding({
    code: "ClaimTerminating",
    severity: "error",
    message: `Claim ${quote(claim.metadata.name)} is being deleted; pods that restart cannot mount it again.${held}`,
    nextStep:
      "A deletion cannot be taken back. Attach another claim before the next restart; check the volume's reclaim policy if its data must stay.",
    since,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "metadata.deletionTimestamp",
        value: since,
      }),
    ],
    actions: facts.uses.length === 0 ? [] : [ATTACH_OTHER],
  });
}
