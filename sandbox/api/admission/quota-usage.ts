import { asArray, asRecord, asText, isRecord, valueAt, type JsonRecord } from "../json";
import type { KubeObject } from "../objects";
import { amounts, type Amounts, podTotal, resourcesOf } from "./pod-resources";

/** Kinds that quotas count here, by their id. */
export const COUNTED = ["pods", "persistentvolumeclaims", "replicasets.apps", "deployments.apps"];

/** What the object counts as, by the names that quotas use; an ended pod counts as nothing. */
export function usageOf(id: string, object: KubeObject): Amounts {
  const count = { [`count/${id}`]: 1 };
  if (id === "pods") return isEnded(object) ? {} : { ...count, ...podUsage(object) };
  return id === "persistentvolumeclaims" ? { ...count, ...claimUsage(object) } : count;
}

function isEnded(pod: KubeObject): boolean {
  return ["Succeeded", "Failed"].includes(asText(valueAt(pod, "status.phase")));
}

function podUsage(pod: KubeObject): Amounts {
  const containers = resourcesOf(asRecord(pod.spec));
  const usage: Record<string, number> = { pods: 1 };
  for (const [name, amount] of Object.entries(podTotal(containers, "requests"))) {
    usage[`requests.${name}`] = amount;
    if (!name.includes("/")) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podTotal(containers, "limits"))) {
    if (!name.includes("/")) usage[`limits.${name}`] = amount;
  }
  return usage;
}

function claimUsage(claim: KubeObject): Amounts {
  const storage = amounts(valueAt(claim, "spec.resources.requests"))["storage"] ?? 0;
  const name = asText(valueAt(claim, "spec.storageClassName"));
  const own = `${name}.storageclass.storage.k8s.io`;
  return {
    persistentvolumeclaims: 1,
    "requests.storage": storage,
    ...(name === ""
      ? {}
      : { [`${own}/persistentvolumeclaims`]: 1, [`${own}/requests.storage`]: storage }),
  };
}

/** Resources of which every container has to say something once a quota counts them. */
export function unstated(hard: Amounts, pod: KubeObject): string[] {
  const containers = resourcesOf(asRecord(pod.spec));
  return ["cpu", "memory"]
    .flatMap((name) => [`limits.${name}`, name, `requests.${name}`])
    .filter((resource) => hard[resource] !== undefined)
    .flatMap((resource) => {
      const of = resource.startsWith("limits.") ? "limits" : "requests";
      const name = resource.replace(/^(limits|requests)\./u, "");
      const silent = containers.filter((each) => each[of][name] === undefined);
      return silent.length === 0
        ? []
        : [`${resource} for: ${silent.map((each) => each.name).join(",")}`];
    });
}

/** Whether the quota counts the object: one with scopes counts only pods, and only those in all of them. */
export function isCounted(quota: KubeObject, id: string, object: KubeObject): boolean {
  const scopes = [
    ...asArray(valueAt(quota, "spec.scopes")).map((scopeName) => ({ scopeName })),
    ...asArray(valueAt(quota, "spec.scopeSelector.matchExpressions")).filter(isRecord),
  ];
  if (scopes.length === 0) return true;
  return id === "pods" && scopes.every((scope) => isInScope(scope, object));
}

function isInScope(scope: JsonRecord, pod: KubeObject): boolean {
  const ends = valueAt(pod, "spec.activeDeadlineSeconds") !== undefined;
  switch (asText(scope["scopeName"])) {
    case "Terminating":
      return ends;
    case "NotTerminating":
      return !ends;
    case "BestEffort":
      return isBestEffort(pod);
    case "NotBestEffort":
      return !isBestEffort(pod);
    case "PriorityClass":
      return matchesPriority(scope, asText(valueAt(pod, "spec.priorityClassName")));
    default:
      return false;
  }
}

function isBestEffort(pod: KubeObject): boolean {
  return resourcesOf(asRecord(pod.spec)).every((each) =>
    [each.requests, each.limits].every((all) => !all["cpu"] && !all["memory"]),
  );
}

function matchesPriority(scope: JsonRecord, name: string): boolean {
  const listed = asArray(scope["values"]).includes(name);
  switch (scope["operator"]) {
    case "In":
      return listed;
    case "NotIn":
      return !listed;
    case "DoesNotExist":
      return name === "";
    default:
      return name !== "";
  }
}

/** The quota's limits. */
export function hardOf(quota: KubeObject): Amounts {
  return amounts(asRecord(quota.spec)["hard"]);
}
