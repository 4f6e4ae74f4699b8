import type { ClusterNode, Pod, PodSpec } from "./objects";
import type { PodRequirements } from "./pod-requirements";
import { matchesLabels, withKeys } from "./scheduling-selector";
import { NOTHING_AGAINST, type Reasons, together, type World } from "./scheduling-reasons";

type Affinity = NonNullable<PodSpec["affinity"]>;
type Term = NonNullable<
  NonNullable<Affinity["podAffinity"]>["requiredDuringSchedulingIgnoredDuringExecution"]
>[number];
/** The pod that a term belongs to. */
type Owner = Pick<PodRequirements, "namespace" | "labels">;
type Judge = (node: ClusterNode) => Reasons;

const EVERYWHERE: Judge = () => NOTHING_AGAINST;

/** Whether pods near a node want the new pod there, and it them: required pod affinity and anti-affinity, both ways round. */
export function judgeNeighbours(pod: PodRequirements, world: World): Judge {
  const placed = world.nodes.flatMap((node) =>
    world.podsOn(node.metadata.name).map((neighbour) => ({ node, pod: neighbour })),
  );
  const judges = [
    judgeAffinity(pod, placed),
    judgeAntiAffinity(pod, placed),
    judgeOthers(pod, placed),
  ].filter((judge) => judge !== EVERYWHERE);
  if (judges.length === 0) return EVERYWHERE;
  return (node) => together(judges.map((judge) => judge(node)));
}

type Placed = { readonly node: ClusterNode; readonly pod: Pod };

function judgeAffinity(pod: PodRequirements, placed: readonly Placed[]): Judge {
  const terms = termsOf(pod.affinity?.podAffinity).map((term) => withOwnKeys(term, pod));
  if (terms.length === 0) return EVERYWHERE;
  if (terms.some(asksForNamespaces)) return unsure("pod affinity");
  const wanted = placed.filter((other) => terms.every((term) => selects(term, pod, other.pod)));
  const first =
    wanted.length === 0 && terms.every((term) => matchesLabels(term.labelSelector, pod.labels));
  return (node) => {
    const near = terms.every(({ topologyKey }) =>
      first
        ? placeOf(node, topologyKey) !== undefined
        : wanted.some((other) => isNear(other, node, topologyKey)),
    );
    return near
      ? NOTHING_AGAINST
      : never("is not near the pods that the service's affinity asks for");
  };
}

function judgeAntiAffinity(pod: PodRequirements, placed: readonly Placed[]): Judge {
  const terms = termsOf(pod.affinity?.podAntiAffinity).map((term) => withOwnKeys(term, pod));
  if (terms.length === 0) return EVERYWHERE;
  if (terms.some(asksForNamespaces)) return unsure("pod anti-affinity");
  const avoided = terms.flatMap((term) =>
    placed.filter((other) => selects(term, pod, other.pod)).map((other) => ({ term, other })),
  );
  return (node) => {
    const near = avoided.find(({ term, other }) => isNear(other, node, term.topologyKey));
    return near === undefined
      ? NOTHING_AGAINST
      : now(`is near pod ${nameOf(near.other.pod)}, which the service's anti-affinity avoids`);
  };
}

/** Pods that run already may want to stay apart from the new one. */
function judgeOthers(pod: PodRequirements, placed: readonly Placed[]): Judge {
  const averse = placed.flatMap((other) => {
    const { namespace, labels = {} } = other.pod.metadata;
    return termsOf(other.pod.spec?.affinity?.podAntiAffinity)
      .filter((term) => asksForNamespaces(term) || covers(term, { namespace, labels }, pod))
      .map((term) => ({ term, other }));
  });
  if (averse.length === 0) return EVERYWHERE;
  return (node) => {
    const near = averse.filter(({ term, other }) => isNear(other, node, term.topologyKey));
    const sure = near.find(({ term }) => !asksForNamespaces(term));
    if (sure !== undefined) {
      return now(`is near pod ${nameOf(sure.other.pod)}, whose anti-affinity avoids the service`);
    }
    const labelled = near.some(({ term }) => matchesLabels(term.labelSelector, pod.labels));
    return labelled ? unsure("anti-affinity of another pod")(node) : NOTHING_AGAINST;
  };
}

function termsOf(affinity: Affinity["podAffinity"]): readonly Term[] {
  return affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function selects(term: Term, owner: Owner, { metadata }: Pod): boolean {
  return covers(term, owner, { namespace: metadata.namespace, labels: metadata.labels ?? {} });
}

function covers(
  { namespaces = [], namespaceSelector, labelSelector }: Term,
  owner: Owner,
  pod: Owner,
) {
  const inReach =
    namespaceSelector !== undefined || // an empty one: every namespace
    (namespaces.length === 0
      ? owner.namespace === pod.namespace
      : namespaces.includes(pod.namespace));
  return inReach && matchesLabels(labelSelector, pod.labels);
}

/** Labels of namespaces are not among the facts. */
function asksForNamespaces({ namespaceSelector }: Term): boolean {
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector ?? {};
  return Object.keys(matchLabels).length + matchExpressions.length > 0;
}

function withOwnKeys(term: Term, owner: Owner): Term {
  const selector = withKeys(term.labelSelector, term.matchLabelKeys ?? [], owner.labels);
  const others = (term.mismatchLabelKeys ?? []).flatMap((key) => {
    const value = owner.labels[key];
    return value === undefined ? [] : [{ key, operator: "NotIn", values: [value] }];
  });
  if (selector === undefined) return term;
  const matchExpressions = [...(selector.matchExpressions ?? []), ...others];
  return { ...term, labelSelector: { ...selector, matchExpressions } };
}

function isNear({ node: theirs }: Placed, node: ClusterNode, topologyKey: string): boolean {
  const place = placeOf(node, topologyKey);
  return place !== undefined && place === placeOf(theirs, topologyKey);
}

function placeOf(node: ClusterNode, topologyKey: string): string | undefined {
  return node.metadata.labels?.[topologyKey];
}

function nameOf({ metadata }: Pod): string {
  return metadata.name;
}

function unsure(what: string): Judge {
  const reason = `could not be judged by ${what} that goes by labels of namespaces`;
  return () => ({ ...NOTHING_AGAINST, unsure: [reason] });
}

function never(reason: string): Reasons {
  return { ...NOTHING_AGAINST, never: [reason] };
}

function now(reason: string): Reasons {
  return { ...NOTHING_AGAINST, now: [reason] };
}
