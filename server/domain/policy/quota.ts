import type { PodSpec, ResourceQuota } from "../objects";
import { type Amounts, type ContainerAmounts, parse, podAmounts } from "./container-amounts";

/** Resources of which a quota wants every container to say something. */
const DEMANDED = ["cpu", "memory"].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]);
/** Float sums of quantities such as 100m are off by less. */
const ROUNDING = 1e-6;

/** A resource of a quota and how it stands. */
export type QuotaLine = {
  readonly resource: string;
  readonly hard: number;
  readonly used: number;
};

/** What a pod counts as in a quota, by the quota's names. Follows podComputeUsageHelper. */
export function podUsage(containers: readonly ContainerAmounts[]): Amounts {
  const usage: Record<string, number> = { pods: 1, "count/pods": 1 };
  for (const [name, amount] of Object.entries(podAmounts(containers, "requests"))) {
    usage[`requests.${name}`] = amount;
    if (!name.includes("/")) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podAmounts(containers, "limits"))) {
    if (!name.includes("/")) usage[`limits.${name}`] = amount;
  }
  return usage;
}

/** The claim's class under the name that quotas use for it; a claim without one counts in the plain numbers only. */
export function claimUsage(sizeBytes: number, storageClass: string | null): Amounts {
  const own = storageClass === null ? null : `${storageClass}.storageclass.storage.k8s.io`;
  return {
    persistentvolumeclaims: 1,
    "count/persistentvolumeclaims": 1,
    "requests.storage": sizeBytes,
    ...(own === null
      ? {}
      : { [`${own}/requests.storage`]: sizeBytes, [`${own}/persistentvolumeclaims`]: 1 }),
  };
}

/** Which containers say nothing of a resource that the quota demands; empty when all do. Follows podEvaluator.Constraints. */
export function unstated(
  quota: ResourceQuota,
  containers: readonly ContainerAmounts[],
): { readonly resource: string; readonly containers: readonly string[] }[] {
  const hard = Object.keys(hardOf(quota));
  return DEMANDED.filter((resource) => hard.includes(resource)).flatMap((resource) => {
    const limits = resource.startsWith("limits.");
    const name = resource.replace(/^(requests|limits)\./u, "");
    const silent = containers.filter(
      (container) => (limits ? container.limits : container.requests)[name] === undefined,
    );
    return silent.length === 0
      ? []
      : [{ resource, containers: silent.map((container) => container.name) }];
  });
}

/** Lines of the quota that the usage touches; null when the quota does not say yet how much is used. */
export function linesFor(quota: ResourceQuota, usage: Amounts): QuotaLine[] | null {
  const hard = hardOf(quota);
  const used = parse(quota.status?.used);
  const touched = Object.keys(hard).filter((resource) => (usage[resource] ?? 0) > 0);
  if (touched.some((resource) => used[resource] === undefined)) return null;
  return touched.map((resource) => ({
    resource,
    hard: hard[resource] ?? 0,
    used: used[resource] ?? 0,
  }));
}

/** The API server goes by the status, which follows the spec. */
function hardOf({ spec, status }: ResourceQuota): Amounts {
  return parse(status?.hard ?? spec?.hard);
}

/** How many times `usage` fits into what the line has left, with `freed` given back first. */
export function timesThatFit({ hard, used }: QuotaLine, usage: number, freed: number): number {
  return Math.floor((hard - used + freed + ROUNDING) / usage);
}

type Scoped = {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
};

/** Whether the quota counts such pods at all; null: it has a scope that only the API server knows. */
export function countsPod(
  { spec }: ResourceQuota,
  pod: PodSpec,
  containers: readonly ContainerAmounts[],
): boolean | null {
  const scopes: readonly Scoped[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  const answers = scopes.map((scope) => isInScope(scope, pod, containers));
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function isInScope(
  scope: Scoped,
  pod: PodSpec,
  containers: readonly ContainerAmounts[],
): boolean | null {
  switch (scope.scopeName) {
    case "Terminating":
      return pod.activeDeadlineSeconds !== undefined;
    case "NotTerminating":
      return pod.activeDeadlineSeconds === undefined;
    case "BestEffort":
      return isBestEffort(containers);
    case "NotBestEffort":
      return !isBestEffort(containers);
    case "PriorityClass":
      return matchesPriority(scope, pod.priorityClassName ?? "");
    default:
      return null;
  }
}

function isBestEffort(containers: readonly ContainerAmounts[]): boolean {
  return containers.every(({ requests, limits }) =>
    ["cpu", "memory"].every((name) => (requests[name] ?? 0) === 0 && (limits[name] ?? 0) === 0),
  );
}

function matchesPriority({ operator, values = [] }: Scoped, name: string): boolean {
  if (operator === "Exists") return name !== "";
  if (operator === "DoesNotExist") return name === "";
  return operator === "In" ? values.includes(name) : !values.includes(name);
}

/** Whether the quota counts objects other than pods: one with a scope counts pods only. */
export function countsClaims({ spec }: ResourceQuota): boolean {
  return (spec?.scopes ?? []).length === 0 && spec?.scopeSelector === undefined;
}
