import type { KubeObject } from "../objects";
import { asRecord } from "../json";
import type { Resource } from "../resources";
import { forbidden } from "../status-error";
import type { Store } from "../store";
import { applyLimitDefaults, claimLimitProblems, podLimitProblems } from "./limit-ranger";
import { quantityText } from "./parse-quantity";
import { podSecurityProblems } from "./pod-security";
import { COUNTED, hardOf, isCounted, unstated, usageOf } from "./quota-usage";
import { usedOf } from "./quota-used";

interface Newcomer {
  store: Store;
  resource: Resource;
  object: KubeObject;
}

const ENFORCE = "pod-security.kubernetes.io/enforce";

function inNamespace({ store, object }: Newcomer, id: string): readonly KubeObject[] {
  const { namespace } = object.metadata;
  return store.snapshot(id).objects.filter((other) => other.metadata.namespace === namespace);
}

/** Fills in what limit ranges give a new pod, in place, and refuses what the namespace's policies do not allow. @throws StatusError Forbidden */
export function admit(newcomer: Newcomer): void {
  const { resource, object } = newcomer;
  if (!COUNTED.includes(resource.id)) return;
  const ranges = inNamespace(newcomer, "limitranges");
  if (resource.id === "pods") {
    applyLimitDefaults(object, ranges);
    refuse(newcomer, podLimitProblems(object, ranges));
    assertPodSecurity(newcomer);
  }
  if (resource.id === "persistentvolumeclaims") {
    refuse(newcomer, claimLimitProblems(object, ranges));
  }
  for (const quota of inNamespace(newcomer, "resourcequotas")) assertQuota(newcomer, quota);
}

function refuse({ resource, object }: Newcomer, problems: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const why = problems.length === 1 ? first : `[${problems.join(", ")}]`;
  throw forbidden(resource, object.metadata.name, { why });
}

function assertPodSecurity(newcomer: Newcomer): void {
  const { store, object } = newcomer;
  const namespace = store.get("namespaces", undefined, object.metadata.namespace ?? "");
  const level = namespace?.metadata.labels?.[ENFORCE] ?? "";
  const problems = podSecurityProblems(level, asRecord(object.spec));
  if (problems.length === 0) return;
  const named = level === "baseline" ? level : "restricted";
  refuse(newcomer, [`violates PodSecurity "${named}:latest": ${problems.join(", ")}`]);
}

function assertQuota(newcomer: Newcomer, quota: KubeObject): void {
  const { resource, object, store } = newcomer;
  if (!isCounted(quota, resource.id, object)) return;
  const hard = hardOf(quota);
  const { name } = quota.metadata;
  const silent = resource.id === "pods" ? unstated(hard, object) : [];
  if (silent.length > 0) {
    refuse(newcomer, [`failed quota: ${name}: must specify ${silent.join("; ")}`]);
  }
  const usage = usageOf(resource.id, object);
  const used = usedOf(store, quota);
  const over = Object.keys(hard).filter((each) => {
    const more = usage[each] ?? 0;
    return more > 0 && (used[each] ?? 0) + more > (hard[each] ?? 0) + 1e-6;
  });
  if (over.length === 0) return;
  const list = (all: Readonly<Record<string, number>>) =>
    over.map((each) => `${each}=${quantityText(all[each] ?? 0)}`).join(",");
  refuse(newcomer, [
    `exceeded quota: ${name}, requested: ${list(usage)}, used: ${list(used)}, limited: ${list(hard)}`,
  ]);
}
