import type { ClaimFacts } from "./facts";
import type { Claim, ClusterNode, Plural, Pod, StorageClass, Volume } from "./objects";
import { NOTHING_AGAINST, type Reasons, together } from "./scheduling-reasons";
import { reachesNode } from "./scheduling-selector";
import { isInZone, couldBind, makesVolumes, makesVolumesFor, volumeFor } from "./volume-match";
import { quote } from "./wording";

const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** How a reason begins that is not about the node at all. */
export const NOWHERE = "cannot have it: ";

/** A claim that pods mount. */
export type MountedClaim = {
  readonly name: string;
  /** null: it does not exist; undefined: it was not looked at. */
  readonly facts: ClaimFacts | null | undefined;
};

/** Where the volume of a claim is, or will be. */
type Place =
  | { readonly kind: "bound"; readonly volume: Volume }
  /** By the scheduler, for the first pod. */
  | {
      readonly kind: "chosen";
      readonly facts: ClaimFacts;
      readonly storageClass: StorageClass;
      /** Volumes that it could get somewhere. */
      readonly possible: readonly Volume[];
    }
  /** No pod that mounts it is scheduled, whatever the node. */
  | { readonly kind: "nowhere"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * What the claims of a pod say about a node, by the rules of the scheduler's volume filters. `isGone`: pods that no longer count.
 */
export function judgeVolumes(
  claims: readonly MountedClaim[],
  isGone: (pod: Pod) => boolean,
): (node: ClusterNode) => Reasons {
  const places = claims.map((claim) => ({ name: claim.name, place: placeOf(claim) }));
  const held = together(claims.map((claim) => heldByOther(claim, isGone)));
  return (node) => {
    const taken = new Set<Volume>();
    const reasons = places.map(({ name, place }) => judgePlace(name, place, { node, taken }));
    return together([...reasons, held]);
  };
}

/** The scheduler lets one pod in the cluster have a ReadWriteOncePod claim. */
function heldByOther({ name, facts }: MountedClaim, isGone: (pod: Pod) => boolean): Reasons {
  if (facts?.claim.spec?.accessModes?.includes("ReadWriteOncePod") !== true) return NOTHING_AGAINST;
  const holder = facts.pods.find((pod) => pod.spec?.nodeName !== undefined && !isGone(pod));
  if (holder === undefined) return NOTHING_AGAINST;
  const reason = `${NOWHERE}claim ${quote(name)} is for one pod, and ${holder.metadata.name} has it`;
  return { ...NOTHING_AGAINST, now: [reason] };
}

function judgePlace(
  name: string,
  place: Place,
  { node, taken }: { readonly node: ClusterNode; readonly taken: Set<Volume> },
): Reasons {
  switch (place.kind) {
    case "unknown":
      return { ...NOTHING_AGAINST, unsure: [place.why] };
    case "nowhere":
      return never(place.why);
    case "bound":
      return reaches(place.volume, node)
        ? NOTHING_AGAINST
        : never(`cannot reach the volume ${place.volume.metadata.name}`);
    case "chosen":
      return judgeChoice(name, place, { node, taken });
  }
}

function reaches(volume: Volume, node: ClusterNode): boolean {
  return reachesNode(volume, node) && isInZone(volume, node);
}

function judgeChoice(
  name: string,
  { facts, storageClass, possible }: Place & { readonly kind: "chosen" },
  { node, taken }: { readonly node: ClusterNode; readonly taken: Set<Volume> },
): Reasons {
  const { claim } = facts;
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  if (selected !== undefined && selected !== node.metadata.name) {
    return never(`is not ${selected}, for which the volume of claim ${quote(name)} is being made`);
  }
  const free = taken.size === 0 ? possible : possible.filter((each) => !taken.has(each));
  const volume = selected === undefined ? volumeFor(claim, free, node) : null;
  if (volume !== null) {
    taken.add(volume);
    return NOTHING_AGAINST;
  }
  if (makesVolumes(storageClass)) return judgeTopology(storageClass, node);
  return mayList(facts, "persistentvolumes")
    ? never(`has no free volume that fits claim ${quote(name)}`)
    : {
        ...NOTHING_AGAINST,
        unsure: ["no free volume is known, because volumes may not be listed here"],
      };
}

function judgeTopology(storageClass: StorageClass, node: ClusterNode): Reasons {
  return makesVolumesFor(storageClass, node)
    ? NOTHING_AGAINST
    : never(`is outside of where storage class ${storageClass.metadata.name} makes volumes`);
}

function placeOf({ name, facts }: MountedClaim): Place {
  const claim = `claim ${quote(name)}`;
  if (facts === undefined) return unknown(`was not judged by ${claim}, which was not looked at`);
  if (facts === null) return nowhere(`${claim} does not exist`);
  const { metadata, status } = facts.claim;
  if (metadata.deletionTimestamp !== undefined) return nowhere(`${claim} is being deleted`);
  if (status?.phase === "Lost") return nowhere(`the volume of ${claim} is gone`);
  return isUnbound(facts.claim) ? placeOfUnbound(claim, facts) : placeOfBound(facts);
}

function isUnbound({ spec }: Claim): boolean {
  return (spec?.volumeName ?? "") === "";
}

function placeOfBound(facts: ClaimFacts): Place {
  if (facts.volume !== null) return { kind: "bound", volume: facts.volume };
  return unknown(
    mayList(facts, "persistentvolumes")
      ? "the claim's volume is not known"
      : "volumes may not be listed here",
  );
}

function placeOfUnbound(name: string, facts: ClaimFacts): Place {
  const { storageClass } = facts;
  if (storageClass?.volumeBindingMode === "WaitForFirstConsumer") {
    return { kind: "chosen", facts, storageClass, possible: possibleVolumes(facts) };
  }
  if (storageClass !== null && makesVolumes(storageClass)) {
    return unknown(`where the volume of ${name} will be is not known before it is bound`);
  }
  const hidden = hiddenFromBinder(facts);
  if (hidden !== null) return unknown(hidden);
  return possibleVolumes(facts).length > 0
    ? unknown(`which volume ${name} gets is not known before it is bound`)
    : nowhere(`${name} is not bound, and no free volume fits it`);
}

function possibleVolumes({ claim, surroundings }: ClaimFacts): readonly Volume[] {
  const ofClass = surroundings.volumesOfClass(claim.spec?.storageClassName ?? "");
  return ofClass.filter((volume) => couldBind(volume, claim));
}

/** What must be seen to tell whether an unbound claim ever gets a volume, and cannot be; null when all is. */
function hiddenFromBinder(facts: ClaimFacts): string | null {
  const unseenClass = facts.storageClass === null && classNameOf(facts) !== "";
  if (unseenClass && !mayList(facts, "storageclasses")) {
    return "storage classes may not be listed here";
  }
  return mayList(facts, "persistentvolumes") ? null : "volumes may not be listed here";
}

function classNameOf({ claim }: ClaimFacts): string {
  return claim.spec?.storageClassName ?? "";
}

function mayList({ surroundings }: ClaimFacts, plural: Plural): boolean {
  return !surroundings.invisible.has(plural);
}

function unknown(why: string): Place {
  return { kind: "unknown", why };
}

function nowhere(why: string): Place {
  return { kind: "nowhere", why: `${NOWHERE}${why}` };
}

function never(reason: string): Reasons {
  return { ...NOTHING_AGAINST, never: [reason] };
}
