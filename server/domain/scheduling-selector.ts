import type { ClusterNode, PodSpec, Volume } from "./objects";

const HASH_LABEL = "pod-template-hash";

type NodeAffinity = NonNullable<NonNullable<PodSpec["affinity"]>["nodeAffinity"]>;
export type NodeSelector = NonNullable<
  NodeAffinity["requiredDuringSchedulingIgnoredDuringExecution"]
>;
type Term = NodeSelector["nodeSelectorTerms"][number];
type Requirement = NonNullable<Term["matchExpressions"]>[number];

/** Whether a node matches a node selector: terms are alternatives, a term without any requirement matches nothing. As in the scheduler. */
export function matchesNodeSelector(selector: NodeSelector, node: ClusterNode): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** Whether the volume can be reached from the node; a volume without node affinity can be from everywhere. */
export function reachesNode(volume: Volume, node: ClusterNode): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, node);
}

/** The nodes that a volume is limited to; null when it is not limited. */
export function nodesOfVolume(volume: Volume, nodes: readonly ClusterNode[]): ClusterNode[] | null {
  if (volume.spec?.nodeAffinity?.required === undefined) return null;
  return nodes.filter((node) => reachesNode(volume, node));
}

/** Host names that a volume's node affinity spells out, whether or not such nodes exist; blank ones included. */
export function hostNamesOf(volume: Volume): string[] {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms.flatMap((term) =>
    (term.matchExpressions ?? [])
      .filter((requirement) => requirement.operator === "In")
      .flatMap((requirement) => requirement.values ?? []),
  );
}

/** Whether the affinity names no node at all: an `In` without values, or with blank values only. Such a volume can never be used. */
export function isNeverStamped(volume: Volume): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms.some((term) =>
    (term.matchExpressions ?? []).some(
      (requirement) =>
        requirement.operator === "In" &&
        (requirement.values ?? []).every((value) => value.trim() === ""),
    ),
  );
}

export type LabelSelector = NonNullable<
  NonNullable<PodSpec["topologySpreadConstraints"]>[number]["labelSelector"]
>;

/** Whether labels satisfy a label selector: an empty one is satisfied by all, none at all by nothing. */
export function matchesLabels(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (selector === undefined) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) =>
      matches(requirement, labels[requirement.key]),
    )
  );
}

/** As the API server does it: the pod's own value of each key is asked for too. Nobody has the hash of a template that is not rolled out. */
export function withKeys(
  selector: LabelSelector | undefined,
  keys: readonly string[],
  labels: Readonly<Record<string, string>>,
): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const added = keys.flatMap((key) => {
    const value = labels[key];
    if (value !== undefined) return [{ key, operator: "In", values: [value] }];
    return key === HASH_LABEL ? [{ key, operator: "In", values: [] }] : [];
  });
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}

/** The selector as one line, for people. */
export function describeSelector(selector: NodeSelector): string {
  return selector.nodeSelectorTerms
    .map((term) => [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])])
    .map((requirements) => requirements.map(describeRequirement).join(" and "))
    .join(" or ");
}

function describeRequirement({ key, operator, values }: Requirement): string {
  return values === undefined || values.length === 0
    ? `${key} ${operator}`
    : `${key} ${operator} (${values.join(", ")})`;
}

function matchesTerm(term: Term, node: ClusterNode): boolean {
  const labels = node.metadata.labels ?? {};
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => matches(requirement, labels[requirement.key])) &&
    fields.every(
      (requirement) =>
        requirement.key === "metadata.name" && matches(requirement, node.metadata.name),
    )
  );
}

function matches({ operator, values = [] }: Requirement, actual: string | undefined): boolean {
  switch (operator) {
    case "In":
      return actual !== undefined && values.includes(actual);
    case "NotIn":
      return actual === undefined || !values.includes(actual);
    case "Exists":
      return actual !== undefined;
    case "DoesNotExist":
      return actual === undefined;
    case "Gt":
    case "Lt":
      return compares(operator, actual, values[0]);
    default:
      return false;
  }
}

function compares(operator: "Gt" | "Lt", actual: string | undefined, bound: string | undefined) {
  const integer = /^[+-]?\d+$/u;
  if (actual === undefined || bound === undefined) return false;
  if (!integer.test(actual) || !integer.test(bound)) return false;
  return operator === "Gt" ? Number(actual) > Number(bound) : Number(actual) < Number(bound);
}
