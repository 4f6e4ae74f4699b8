import { effectiveKey, isStaleKey } from "./cache-key";
import { sizeBytesOf } from "./claim-size";
import type { ClaimFacts, ServiceFacts } from "./facts";
import { isSizeEnforced, localDiskOf } from "./local-disk";
import type { ClusterNode, Model } from "./objects";
import { parseHumanSize } from "./quantity";
import { draftUsesCache, planOf } from "./service-state";
import { count, formatBytes, listNames } from "./wording";

/** One directory that is known to be on a claim. */
export type HeldModel = {
  /** The directory's name: the cache key. */
  readonly key: string;
  /** The Model that was brought under it last; null when none is known. */
  readonly model: string | null;
  /** Bytes of one copy; null: unknown. */
  readonly bytes: number | null;
};

/** What is known of the space of a claim. Nothing here was measured: what is taken is a lower bound. */
export type ClaimSpace = {
  /** What the claim has, else what it asks for; null when it says neither. */
  readonly capacityBytes: number | null;
  /** false: a directory of a node or an export, which may outgrow the claim; null: no volume is known yet. */
  readonly sizeEnforced: boolean | null;
  readonly held: readonly HeldModel[];
  /** Sum of what is held and has a known size; null when nothing is known to be there. Never means "and no more". */
  readonly atLeastBytes: number | null;
  /** null: the volume is not a directory of one node's disk. */
  readonly disk: NodeDisk | null;
};

/** The disk of a node that several claims lie on, whatever their sizes say. */
export type NodeDisk = {
  readonly nodeName: string;
  /** null: there is no such node, or nodes are not visible. */
  readonly node: ClusterNode | null;
  /** Other claims of the namespace below the same directory. */
  readonly neighbours: readonly { readonly claim: string; readonly atLeastBytes: number | null }[];
  /** How many claims of other namespaces lie there, which is all that may be told of them. */
  readonly foreign: number;
};

/** What can be told of a claim's space from its objects and from what downloaders were seen to bring. */
export function spaceOf(facts: ClaimFacts): ClaimSpace {
  const held = heldModels(facts);
  return {
    capacityBytes: sizeBytesOf(facts.claim),
    sizeEnforced: facts.volume === null ? null : isSizeEnforced(facts.volume),
    held,
    atLeastBytes: knownBytes(held),
    disk: nodeDiskOf(facts),
  };
}

/** Bytes that the service will still bring onto the claim: 0 when all it needs is there; null unless every size is known. */
export function bytesToBring(facts: ServiceFacts, claimFacts: ClaimFacts): number | null {
  const there = new Set(heldModels(claimFacts).map(({ key }) => key));
  return cachedModels(facts)
    .filter((model) => !there.has(effectiveKey(model) ?? ""))
    .map(sizeOf)
    .reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}

/** The Models that the service keeps on its cache claim. */
export function cachedModels(facts: ServiceFacts): Model[] {
  const { kind } = planOf(facts);
  const target = kind === "UserOwned" || kind === "Shared" || kind === "PerService";
  const models = [target ? facts.model : null, draftUsesCache(facts) ? facts.draftModel : null];
  return models.filter((model) => model !== null);
}

/** Known bytes of one copy of the Model under its key; null: unknown. A key of an earlier source says nothing of today's size. */
export function sizeOf(model: Model): number | null {
  return isStaleKey(model) ? null : parseHumanSize(model.status?.size ?? "");
}

function heldModels({ held, scan }: ClaimFacts): HeldModel[] {
  const brought = new Map(held.map((entry) => [entry.key, entry]));
  return [...new Set([...brought.keys(), ...(scan?.completeKeys ?? [])])].map((key) => {
    const { model = null, bytes = null } = brought.get(key) ?? {};
    return { key, model, bytes };
  });
}

function knownBytes(held: readonly HeldModel[]): number | null {
  const sizes = held.flatMap(({ bytes }) => bytes ?? []);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}

/** The node's disk that the claim is a directory of; null when it is none. */
export function nodeDiskOf(facts: ClaimFacts): NodeDisk | null {
  const { claim, volume, surroundings } = facts;
  const disk = volume === null ? null : localDiskOf(volume);
  if (disk === null) return null;
  const node = surroundings.nodes.find(
    ({ metadata }) => (metadata.labels?.["kubernetes.io/hostname"] ?? metadata.name) === disk.node,
  );
  const isNear = (other: ClaimFacts) => other.claim.metadata.namespace === claim.metadata.namespace;
  return {
    nodeName: node?.metadata.name ?? disk.node,
    node: node ?? null,
    // At first use: few ask, and each neighbour has to be looked at.
    get neighbours() {
      return facts.diskNeighbours.filter(isNear).map((other) => ({
        claim: other.claim.metadata.name,
        atLeastBytes: knownBytes(heldModels(other)),
      }));
    },
    get foreign() {
      return facts.diskNeighbours.filter((other) => !isNear(other)).length;
    },
  };
}

/** `a, b and 2 claims of other namespaces`; "" when the claim is alone there, as far as is known. */
export function neighboursText({ neighbours, foreign }: NodeDisk): string {
  const names = neighbours.map(({ claim, atLeastBytes }) =>
    atLeastBytes === null ? claim : `${claim} (at least ${formatBytes(atLeastBytes)})`,
  );
  const others = foreign === 0 ? [] : [`${count(foreign, "claim")} of other namespaces`];
  return listNames([...names, ...others]);
}
