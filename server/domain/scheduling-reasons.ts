import type { ClusterNode, Pod } from "./objects";

/** What stands against a node, each as half a sentence about it. */
export type Reasons = {
  /** Holds whatever else runs there. */
  readonly never: readonly string[];
  /** Holds because of pods that run now. */
  readonly now: readonly string[];
  /** Could not be looked at. */
  readonly unsure: readonly string[];
};

/** The nodes and the pods on them. */
export type World = {
  readonly nodes: readonly ClusterNode[];
  readonly podsOn: (node: string) => readonly Pod[];
};

export const NOTHING_AGAINST: Reasons = { never: [], now: [], unsure: [] };

/** All of them, in order. */
export function together(all: readonly Reasons[]): Reasons {
  const some = all.filter((reasons) => reasons !== NOTHING_AGAINST);
  const [only = NOTHING_AGAINST] = some;
  if (some.length < 2) return only;
  return {
    never: some.flatMap(({ never }) => never),
    now: some.flatMap(({ now }) => now),
    unsure: some.flatMap(({ unsure }) => unsure),
  };
}

/** The world without the pods that `leaves` names. */
export function without(world: World, leaves: (pod: Pod) => boolean): World {
  const kept = new Map<string, readonly Pod[]>();
  return {
    nodes: world.nodes,
    podsOn(node) {
      const known = kept.get(node);
      if (known !== undefined) return known;
      const pods = world.podsOn(node);
      const rest = pods.some(leaves) ? pods.filter((pod) => !leaves(pod)) : pods;
      kept.set(node, rest);
      return rest;
    },
  };
}
