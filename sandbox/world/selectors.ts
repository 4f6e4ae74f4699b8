import type { V1LabelSelector } from "@kubernetes/client-node";

import type {
  ClusterNode,
  NodeSelectorTerm,
  Pod,
  Taint,
  Toleration,
  Volume,
  Wire,
} from "./objects";

type Labels = Readonly<Record<string, string>>;
type Requirement = { key: string; operator: string; values?: string[] };

/** The labels satisfy the selector; an empty selector matches all. */
export function matchesSelector(
  selector: Wire<V1LabelSelector> | undefined,
  labels: Labels | undefined,
): boolean {
  const own = labels ?? {};
  return (
    Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => own[key] === value) &&
    (selector?.matchExpressions ?? []).every((requirement) =>
      meets(requirement, own[requirement.key]),
    )
  );
}

const OPERATORS: Readonly<Record<string, (value: string, values: string[]) => boolean>> = {
  In: (value, values) => values.includes(value),
  NotIn: (value, values) => !values.includes(value),
  Exists: () => true,
  DoesNotExist: () => false,
  Gt: (value, values) => Number(value) > Number(values[0]),
  Lt: (value, values) => Number(value) < Number(values[0]),
};

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  if (value === undefined) return operator === "NotIn" || operator === "DoesNotExist";
  return OPERATORS[operator]?.(value, values) ?? false;
}

/** One term of a node selector holds. A term without any requirement matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: ClusterNode): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every((requirement) => meets(requirement, labels[requirement.key])) &&
    fields.every((requirement) => meets(requirement, node.metadata.name))
  );
}

/** Any term holds. */
export function matchesTerms(terms: readonly NodeSelectorTerm[], node: ClusterNode): boolean {
  return terms.some((term) => matchesTerm(term, node));
}

/** nodeSelector and required node affinity of the pod both hold. */
export function matchesNodeAffinity(pod: Pod, node: ClusterNode): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesTerms(required.nodeSelectorTerms, node);
}

/** The volume may be used from the node; one without affinity may be used from anywhere. */
export function volumeReaches(volume: Volume, node: ClusterNode): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || matchesTerms(required.nodeSelectorTerms, node);
}

/** Some toleration accepts the taint. */
export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(
    (toleration) =>
      (!toleration.effect || toleration.effect === taint.effect) &&
      (!toleration.key || toleration.key === taint.key) &&
      (toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "")),
  );
}
