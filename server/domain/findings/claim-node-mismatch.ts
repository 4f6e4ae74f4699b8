import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Volume } from "../objects";
import { isReady } from "../pod-state";
import { buildPodRequirements } from "../pod-requirements";
import { judgeNodes, namesOf, type NodeFit } from "../scheduling";
import { asReady } from "../scheduling-taints";
import { describeSelector, isNeverStamped, nodesOfVolume } from "../scheduling-selector";
import { isVisible, mountsClaim, servingClaimFacts } from "../service-state";
import { listNames, quote } from "../wording";
import { ATTACH_OTHER, buildFinding, seen } from "./finding";

type Pinned = { readonly volume: Volume; readonly on: readonly string[] };

/** The volume is bound to nodes on which the service may not run. */
export function claimNodeMismatch(facts: ServiceFacts): Finding | null {
  const claimFacts = servingClaimFacts(facts);
  const pinned = claimFacts === null ? null : pinnedVolume(facts, claimFacts);
  if (claimFacts === null || pinned === null) return null;
  const fits = judgeWith(facts, claimFacts);
  if (namesOf(fits, "fits", "dead").length > 0) return null;
  const elsewhere = namesOf(judgeWith(facts, null), "fits", "dead");
  const claim = claimFacts.claim.metadata.name;
  const runs = facts.pods.some((pod) => isReady(pod) && mountsClaim(pod, claim));
  return buildFinding({
    code: "ClaimNodeMismatch",
    severity: runs ? "warning" : "error",
    message: `${runs ? "The service runs now but would not start again: the" : "The"} volume of claim ${quote(claim)} is on ${placeOf(pinned)}; the service may ${elsewhere.length === 0 ? "run on no node" : `only run on ${listNames(elsewhere)}`}.${whyNot(fits, pinned)}`,
    nextStep:
      elsewhere.length === 0
        ? "Make room for the service on the volume's node: its selector, affinity, tolerations and resources must fit there."
        : `Attach a claim whose volume is on ${listNames(elsewhere)} or can be reached from there, or let the service run on ${placeOf(pinned)}.`,
    evidence: evidenceOf(facts, pinned, fits),
    actions: [ATTACH_OTHER],
  });
}

function pinnedVolume(
  { surroundings }: ServiceFacts,
  { claim, volume }: ClaimFacts,
): Pinned | null {
  // A claim that goes, or has lost its volume, keeps pods off every node: that is said by another finding.
  if (claim.metadata.deletionTimestamp !== undefined || claim.status?.phase === "Lost") return null;
  if (volume === null || !isVisible(surroundings, "nodes") || isNeverStamped(volume)) return null;
  const on = nodesOfVolume(volume, surroundings.nodes);
  return on === null ? null : { volume, on: on.map((node) => node.metadata.name) };
}

function placeOf({ on }: Pinned): string {
  return on.length === 0 ? "a node that no longer exists" : listNames(on);
}

/**
 * Where the service may run with that claim alone, whatever runs there now: a row must not change with each pod of the cluster. A node
 * that is not ready for the moment is another finding.
 */
function judgeWith(facts: ServiceFacts, claimFacts: ClaimFacts | null): NodeFit[] {
  return judgeNodes({
    requirements: { ...buildPodRequirements(facts), unseen: [] },
    nodes: facts.surroundings.nodes.map(asReady),
    claims:
      claimFacts === null ? [] : [{ name: claimFacts.claim.metadata.name, facts: claimFacts }],
    load: "ignored",
  });
}

function whyNot(fits: readonly NodeFit[], pinned: Pinned): string {
  const reasons = fits
    .filter((node) => pinned.on.includes(node.name))
    .map((node) => `${node.name} ${listNames(node.reasons, 3)}`);
  return reasons.length === 0 ? "" : ` ${reasons.slice(0, 2).join("; ")}.`;
}

function evidenceOf(facts: ServiceFacts, pinned: Pinned, fits: readonly NodeFit[]): Evidence[] {
  const { surroundings, service } = facts;
  const required = pinned.volume.spec?.nodeAffinity?.required;
  const placement = {
    nodeSelector: service.spec.nodeSelector,
    affinity: service.spec.affinity?.nodeAffinity,
    tolerations: service.spec.tolerations,
    gpu: service.spec.resources?.gpu,
  };
  return [
    seen(surroundings, {
      kind: "PersistentVolume",
      object: pinned.volume,
      field: "spec.nodeAffinity",
      value: required === undefined ? "not set" : describeSelector(required),
    }),
    seen(surroundings, {
      kind: "InferenceService",
      object: service,
      field: "spec (placement)",
      value: JSON.stringify(placement),
    }),
    ...surroundings.nodes
      .filter((node) => pinned.on.includes(node.metadata.name))
      .slice(0, 3)
      .map((node) =>
        seen(surroundings, {
          kind: "Node",
          object: node,
          field: "spec, metadata.labels, status.allocatable",
          value: listNames(fits.find(({ name }) => name === node.metadata.name)?.reasons ?? []),
        }),
      ),
  ];
}
