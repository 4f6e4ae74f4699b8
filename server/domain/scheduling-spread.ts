import type { ClusterNode, Pod } from "./objects";
import type { PodRequirements, SpreadConstraint } from "./pod-requirements";
import { NOTHING_AGAINST, type Reasons, together, type World } from "./scheduling-reasons";
import { type LabelSelector, matchesLabels, withKeys } from "./scheduling-selector";

/** Which nodes count as places: those the pod selects, tainted ones too, unless said otherwise. */
export type SpreadPolicies = Pick<SpreadConstraint, "nodeAffinityPolicy" | "nodeTaintsPolicy">;

type Spread = {
  readonly constraint: SpreadConstraint;
  /** Pods of the group by place; places without any count too. */
  readonly counts: ReadonlyMap<string, number>;
  /** 1 when the new pod is one of the group. */
  readonly itself: number;
};

/** Whether pods of the service may be put on one more place: the constraints that say `DoNotSchedule`. */
export function judgeSpread(
  pod: PodRequirements,
  world: World,
  isEligible: (node: ClusterNode, policies: SpreadPolicies) => boolean,
): (node: ClusterNode) => Reasons {
  const hard = pod.topologySpread.filter((each) => each.whenUnsatisfiable !== "ScheduleAnyway");
  const spreads = hard.map((constraint): Spread => {
    const places = world.nodes.filter(
      (node) =>
        hard.every(({ topologyKey }) => placeOf(node, topologyKey) !== undefined) &&
        isEligible(node, constraint),
    );
    const selector = selectorOf(constraint, pod);
    return {
      constraint,
      counts: countByPlace(places, { constraint, world, pod, selector }),
      itself: matchesLabels(selector, pod.labels) ? 1 : 0,
    };
  });
  return (node) => together(spreads.map((spread) => judgeOne(node, spread)));
}

function judgeOne(node: ClusterNode, { constraint, counts, itself }: Spread): Reasons {
  const { topologyKey, maxSkew, minDomains = 1 } = constraint;
  const place = placeOf(node, topologyKey);
  if (place === undefined) {
    const reason = `does not have the label ${topologyKey} by which pods are spread`;
    return { ...NOTHING_AGAINST, never: [reason] };
  }
  const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
  const skew = (counts.get(place) ?? 0) + itself - least;
  if (skew <= maxSkew) return NOTHING_AGAINST;
  const reason = `has its share of the service's pods already, spread by ${topologyKey}`;
  return { ...NOTHING_AGAINST, now: [reason] };
}

type Group = {
  readonly constraint: SpreadConstraint;
  readonly world: World;
  readonly pod: PodRequirements;
  readonly selector: LabelSelector | undefined;
};

function countByPlace(places: readonly ClusterNode[], group: Group): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of places) {
    const place = placeOf(node, group.constraint.topologyKey) ?? "";
    const here = group.world.podsOn(node.metadata.name).filter((other) => isOneOf(other, group));
    counts.set(place, (counts.get(place) ?? 0) + here.length);
  }
  return counts;
}

function isOneOf({ metadata }: Pod, { pod, selector }: Group): boolean {
  return (
    metadata.namespace === pod.namespace &&
    metadata.deletionTimestamp === undefined &&
    matchesLabels(selector, metadata.labels ?? {})
  );
}

function selectorOf(constraint: SpreadConstraint, pod: PodRequirements): LabelSelector | undefined {
  return withKeys(constraint.labelSelector, constraint.matchLabelKeys ?? [], pod.labels);
}

function placeOf(node: ClusterNode, topologyKey: string): string | undefined {
  return node.metadata.labels?.[topologyKey];
}
