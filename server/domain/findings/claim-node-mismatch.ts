import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import type { Volume } from "../objects";
import { isReady } from "../pod-state";
import { buildPodRequirements } from "../pod-requirements";
import { type Feasibility, feasibleNodes, fittingNodes } from "../scheduling";
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
  const { nodes } = facts.surroundings;
  const requirements = buildPodRequirements(facts);
  const withVolume = feasibleNodes({ requirements, nodes, volume: pinned.volume });
  if (fittingNodes(withVolume).length > 0) return null;
  const elsewhere = fittingNodes(feasibleNodes({ requirements, nodes, volume: null }));
  const claim = claimFacts.claim.metadata.name;
  const runs = facts.pods.some((pod) => isReady(pod) && mountsClaim(pod, claim));
  return buildFinding({
    code: "ClaimNodeMismatch",
    severity: runs ? "warning" : "error",
    message: `${runs ? "The service runs now but would not start again: the" : "The"} volume of claim ${quote(claim)} is on ${placeOf(pinned)}; the service may ${elsewhere.length === 0 ? "run on no node" : `only run on ${listNames(elsewhere)}`}.${whyNot(withVolume, pinned)}`,
    nextStep:
      elsewhere.length === 0
        ? "Make room for the service on the volume's node: its selector, affinity, tolerations and resources must fit there."
        : `Attach a claim whose volume is on ${listNames(elsewhere)} or can be reached from there, or let the service run on ${placeOf(pinned)}.`,
    evidence: evidenceOf(facts, pinned, withVolume),
    actions: [ATTACH_OTHER],
  });
}

function pinnedVolume({ surroundings }: ServiceFacts, { volume }: ClaimFacts): Pinned | null {
  if (volume === null || !isVisible(surroundings, "nodes") || isNeverStamped(volume)) return null;
  const on = nodesOfVolume(volume, surroundings.nodes);
  return on === null ? null : { volume, on: on.map((node) => node.metadata.name) };
}

function placeOf({ on }: Pinned): string {
  return on.length === 0 ? "a node that no longer exists" : listNames(on);
}

function whyNot(feasibility: Feasibility, pinned: Pinned): string {
  const reasons = feasibility.nodes
    .filter((node) => pinned.on.includes(node.name))
    .map((node) => `${node.name} ${listNames(node.reasons, 3)}`);
  return reasons.length === 0 ? "" : ` ${reasons.slice(0, 2).join("; ")}.`;
}

function evidenceOf(facts: ServiceFacts, pinned: Pinned, fit: Feasibility): Evidence[] {
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
          value: listNames(
            fit.nodes.find(({ name }) => name === node.metadata.name)?.reasons ?? [],
          ),
        }),
      ),
  ];
}
