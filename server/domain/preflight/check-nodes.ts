import type { Check, Verdict } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import { seen } from "../findings/finding";
import { namesOf, type NodeFit } from "../scheduling";
import { describeSelector, isNeverStamped, nodesOfVolume } from "../scheduling-selector";
import { NOWHERE } from "../scheduling-volumes";
import { hasPods, judgePlacement, judgePossible } from "../service-placement";
import { isVisible } from "../service-state";
import { listNames } from "../wording";
import { replicaShortage, roomAfterOnePod } from "./check-room";
import { buildCheck } from "./verdict";

/** Nodes on which the service would run with the claim as things are, in order of name; null when that cannot be told. */
export function feasibleNodeNames(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): string[] | null {
  return knownNames(judgePlacement(after, claimFacts));
}

/** Nodes on which pods could land whatever runs there now, in order of name; null when that cannot be told. */
export function possibleNodeNames(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): string[] | null {
  return knownNames(judgePossible(after, claimFacts));
}

function knownNames(fits: readonly NodeFit[] | null): string[] | null {
  if (fits === null) return null;
  const names = namesOf(fits, "fits").sort();
  return names.length === 0 && namesOf(fits, "unknown").length > 0 ? null : names;
}

/** Whether some node satisfies both the service and the claim's volume and has room; names them. */
export function checkNodeFits(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (!hasPods(after)) {
    const message = "A host agent serves this Model, so no pod is put on a node.";
    return buildCheck("NodeFits", ["pass", message]);
  }
  const fits = judgePlacement(after, claimFacts);
  if (fits === null) {
    const message = "Could not check where it may run: nodes may not be listed here.";
    return buildCheck("NodeFits", ["unknown", message]);
  }
  const subject = { after, claimFacts, fits };
  const verdict = someFit(subject) ?? someMight(subject);
  const evidence = volumeEvidence(claimFacts);
  return verdict === null ? noNode(subject) : buildCheck("NodeFits", verdict, evidence);
}

type Subject = {
  readonly after: ServiceFacts;
  readonly claimFacts: ClaimFacts | null;
  readonly fits: readonly NodeFit[];
};
type Answer = readonly [Verdict, string];

function someFit({ after, claimFacts, fits }: Subject): Answer | null {
  const names = namesOf(fits, "fits");
  if (names.length === 0) return null;
  const dead = namesOf(fits, "dead");
  if (dead.length > 0) {
    return [
      "warn",
      `Can run on ${listNames(names)}, but may as well be put on ${listNames(dead)}, which is not ready: the service tolerates that.`,
    ];
  }
  const shortage = replicaShortage(after, claimFacts);
  if (shortage !== null) return ["warn", shortage];
  const pinned = claimFacts !== null && volumeNodes(claimFacts) !== null;
  return names.length === 1 && pinned
    ? ["pass", `Runs on ${listNames(names)}, the node of the volume.`]
    : [
        "pass",
        `Can run on ${listNames(names)}; node affinity, taints and what is free on the nodes were checked.`,
      ];
}

/** No node is sure to take it; the likeliest outcome first. */
function someMight({ after, claimFacts, fits }: Subject): Answer | null {
  const [dead, evicts] = [namesOf(fits, "dead"), namesOf(fits, "evicts")];
  if (dead.length > 0) {
    return [
      "warn",
      `It would be put on ${listNames(dead)}, which is not ready: the service tolerates that, but nothing starts there.`,
    ];
  }
  if (evicts.length > 0) {
    return [
      "warn",
      `No node has room as it is. Kubernetes would end pods of lower priority to run it on ${listNames(evicts)}: ${whyOf(fits, "evicts")}.`,
    ];
  }
  const unknown = fits.filter(({ state }) => state === "unknown");
  const [first] = unknown;
  if (first !== undefined) return ["unknown", couldNotCheck(after.surroundings, unknown, first)];
  const names = roomAfterOnePod(after, claimFacts);
  return names.length === 0
    ? null
    : ["warn", `It finds room on ${listNames(names)} only once an old pod has ended.`];
}

function couldNotCheck(
  surroundings: Surroundings,
  unknown: readonly NodeFit[],
  { name, reasons }: NodeFit,
): string {
  const names = listNames(unknown.map((fit) => fit.name));
  if (surroundings.podsOn === null) {
    const why = isVisible(surroundings, "pods")
      ? "pods are seen in some namespaces only"
      : "pods may not be listed here";
    return `Could not check what is free on ${names}, where it may run otherwise: ${why}.`;
  }
  const [reason = ""] = reasons;
  if (unknown.length > 1 && unknown.every((fit) => fit.reasons[0] === reason)) {
    return `Could not check where it may run: ${reason}.`;
  }
  return `Could not check where it may run: ${startsWithVerb(reason) ? `${name} ` : ""}${reason}.`;
}

function startsWithVerb(reason: string): boolean {
  return /^(?:was|has|may|could) /u.test(reason);
}

function whyOf(fits: readonly NodeFit[], state: NodeFit["state"]): string {
  return fits
    .filter((fit) => fit.state === state)
    .slice(0, 2)
    .map(({ name, reasons }) => `${name} ${reasons[0] ?? ""}`)
    .join("; ");
}

function volumeNodes({ volume, surroundings }: ClaimFacts): string[] | null {
  if (volume === null) return null;
  return nodesOfVolume(volume, surroundings.nodes)?.map((node) => node.metadata.name) ?? null;
}

function noNode({ after, claimFacts, fits }: Subject): Check {
  const evidence = volumeEvidence(claimFacts);
  if (fits.length === 0) {
    return buildCheck("NodeFits", ["block", "There is no node in the cluster."], evidence);
  }
  const everywhere = sharedReason(fits);
  if (everywhere !== null) {
    const message = `No node can run the service: ${everywhere}.`;
    return buildCheck("NodeFits", ["block", message], evidence);
  }
  const on = claimFacts === null ? null : volumeNodes(claimFacts);
  if (on === null || on.length === 0) {
    const where = on === null ? "" : ` The volume is on ${placeless(claimFacts)}.`;
    const why = likeliest(fits).map((fit) => `${fit.name} ${fit.reasons[0] ?? ""}`);
    const message = `No node can run the service.${where} ${why.join("; ")}.`;
    return buildCheck("NodeFits", ["block", message], evidence);
  }
  const first = fits.find((fit) => fit.name === on[0]);
  const reasons = listNames(first?.reasons ?? [], 3);
  const message = `The volume is on ${listNames(on)}, where the service cannot run: ${on[0] ?? ""} ${reasons}.`;
  return buildCheck("NodeFits", ["block", message], [...evidence, ...nodeEvidence(after, on)]);
}

/** What holds for every node because it is not about nodes; null when there is no such thing. */
function sharedReason(fits: readonly NodeFit[]): string | null {
  const shared = fits[0]?.reasons.find((reason) => reason.startsWith(NOWHERE)) ?? null;
  if (shared === null || !fits.every(({ reasons }) => reasons.includes(shared))) return null;
  return shared.slice(NOWHERE.length);
}

/** The three nodes with the least against them: there it is easiest to make room. */
function likeliest(fits: readonly NodeFit[]): readonly NodeFit[] {
  return [...fits].sort((a, b) => a.reasons.length - b.reasons.length).slice(0, 3);
}

function placeless(claimFacts: ClaimFacts | null): string {
  const volume = claimFacts?.volume ?? null;
  return volume !== null && isNeverStamped(volume) ? "no node" : "a node that no longer exists";
}

function volumeEvidence(claimFacts: ClaimFacts | null) {
  const volume = claimFacts?.volume ?? null;
  const required = volume?.spec?.nodeAffinity?.required;
  if (claimFacts === null || volume === null || required === undefined) return [];
  return [
    seen(claimFacts.surroundings, {
      kind: "PersistentVolume",
      object: volume,
      field: "spec.nodeAffinity.required",
      value: describeSelector(required),
    }),
  ];
}

function nodeEvidence({ surroundings }: ServiceFacts, names: readonly string[]) {
  return surroundings.nodes
    .filter((node) => names.includes(node.metadata.name))
    .slice(0, 3)
    .map((node) =>
      seen(surroundings, {
        kind: "Node",
        object: node,
        field: "metadata.labels, spec.taints, status.allocatable",
        value: JSON.stringify({
          taints: node.spec?.taints ?? [],
          unschedulable: node.spec?.unschedulable ?? false,
        }),
      }),
    );
}
