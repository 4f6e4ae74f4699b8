import { isDeepStrictEqual } from "node:util";

import type { Cluster } from "./cluster";
import type { Loop } from "./loop";
import { randomSuffix } from "./names";
import {
  controllerOf,
  controllerUid,
  isFinished,
  isReady,
  type Pod,
  type ReplicaSet,
} from "./objects";
import type { Recorder } from "./recorder";
import { isRefusal } from "./refusal";

const COMPONENT = "replicaset-controller";
const KEPT_FINISHED = 5;
const LONGEST_WAIT_SECONDS = 300;

/** Keeps as many pods of each ReplicaSet as it asks for, and counts them in its status. */
export function startReplicaSets(cluster: Cluster, loop: Loop, record: Recorder): void {
  const byUid = cluster.replicaSets.index((replicaSet) => [replicaSet.metadata.uid]);
  const retries = new Map<string, number>();
  const queue = loop.controller("replica-sets", (key) => {
    const replicaSet = cluster.replicaSets.get(key);
    if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) {
      return undefined;
    }
    removeFinished(cluster, replicaSet);
    const pods = livePods(cluster, replicaSet);
    const missing = (replicaSet.spec.replicas ?? 1) - pods.length;
    const refusal = createPods(cluster, replicaSet, { missing, record });
    const surplus = [...pods].sort(dispensableFirst).slice(0, Math.max(0, -missing));
    for (const pod of surplus) deletePod(cluster, replicaSet, { pod, record });
    const now = cluster.replicaSets.get(key) ?? replicaSet;
    writeStatus(cluster, now, { refusal, timestamp: loop.timestamp() });
    if (refusal === undefined) retries.delete(key);
    return refusal === undefined ? undefined : nextTry(retries, key);
  });
  cluster.replicaSets.onChange(({ key }) => queue.enqueue(key));
  cluster.pods.onChange(({ object }) => {
    for (const owner of byUid(controllerUid(object) ?? "")) {
      queue.enqueue(`${owner.metadata.namespace ?? ""}/${owner.metadata.name}`);
    }
  });
}

function livePods(cluster: Cluster, replicaSet: ReplicaSet): Pod[] {
  return cluster
    .podsOfOwner(replicaSet.metadata.uid)
    .filter((pod) => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined);
}

/** Evicted pods stay to be looked at, but not for ever: a real cluster collects them at 12,500. */
function removeFinished(cluster: Cluster, replicaSet: ReplicaSet): void {
  const finished = cluster
    .podsOfOwner(replicaSet.metadata.uid)
    .filter(isFinished)
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  for (const { metadata } of finished.slice(KEPT_FINISHED)) {
    cluster.client.delete("pods", metadata.namespace, metadata.name, { uid: metadata.uid });
  }
}

/** The pods that are missing, until one is refused; answers the refusal, of which the ReplicaSet and its events tell. */
function createPods(
  cluster: Cluster,
  replicaSet: ReplicaSet,
  { missing, record }: { missing: number; record: Recorder },
): string | undefined {
  for (let made = 0; made < missing; made += 1) {
    try {
      createPod(cluster, replicaSet, record);
    } catch (error) {
      if (!(error instanceof Error) || !isRefusal(error)) throw error;
      const message = `Error creating: ${error.message}`;
      record(replicaSet, {
        type: "Warning",
        reason: "FailedCreate",
        message,
        component: COMPONENT,
      });
      return error.message;
    }
  }
  return undefined;
}

/** Twice as long each time, as the work queue of the real controller does. */
function nextTry(retries: Map<string, number>, key: string): number {
  const count = (retries.get(key) ?? 0) + 1;
  retries.set(key, count);
  return Math.min(2 ** count, LONGEST_WAIT_SECONDS);
}

function createPod(cluster: Cluster, replicaSet: ReplicaSet, record: Recorder): void {
  const { namespace = "", name: owner } = replicaSet.metadata;
  const template = replicaSet.spec.template;
  const name = `${owner}-${randomSuffix(5)}`;
  cluster.client.create(
    "pods",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        generateName: `${owner}-`,
        namespace,
        labels: { ...template?.metadata?.labels },
        annotations: { ...template?.metadata?.annotations },
        ownerReferences: controllerOf(replicaSet),
      },
      spec: template?.spec,
      status: { phase: "Pending" },
    },
    { manager: "kube-controller-manager" },
  );
  const message = `Created pod: ${name}`;
  record(replicaSet, { type: "Normal", reason: "SuccessfulCreate", message, component: COMPONENT });
}

function deletePod(
  cluster: Cluster,
  replicaSet: ReplicaSet,
  { pod, record }: { pod: Pod; record: Recorder },
): void {
  cluster.client.delete("pods", pod.metadata.namespace, pod.metadata.name, {
    uid: pod.metadata.uid,
  });
  const message = `Deleted pod: ${pod.metadata.name}`;
  record(replicaSet, { type: "Normal", reason: "SuccessfulDelete", message, component: COMPONENT });
}

/** The order in which the real controller gives pods up: unassigned, not ready, youngest. */
function dispensableFirst(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => (pod.spec.nodeName ? 2 : 0) + (isReady(pod) ? 1 : 0);
  return (
    rank(a) - rank(b) || b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp)
  );
}

function writeStatus(
  cluster: Cluster,
  replicaSet: ReplicaSet,
  { refusal, timestamp }: { refusal: string | undefined; timestamp: string },
): void {
  const pods = livePods(cluster, replicaSet);
  const ready = pods.filter(isReady).length;
  const next = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: replicaSet.metadata.generation ?? 1,
  };
  const before: Readonly<Record<string, unknown>> = { ...replicaSet.status };
  const conditions = failureConditions(replicaSet, refusal, timestamp);
  const same = isDeepStrictEqual(conditions, replicaSet.status?.conditions ?? []);
  if (same && Object.entries(next).every(([field, value]) => (before[field] ?? 0) === value)) {
    return;
  }
  const { readyReplicas, availableReplicas, fullyLabeledReplicas, ...always } = next;
  const counts = { readyReplicas, availableReplicas, fullyLabeledReplicas };
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  cluster.client.updateStatus(
    "replicasets.apps",
    {
      ...replicaSet,
      status: { ...always, ...shown, ...(conditions.length > 0 ? { conditions } : {}) },
    },
    { manager: "kube-controller-manager" },
  );
}

/** Tells of the refusal as long as it holds. */
function failureConditions(
  { status }: ReplicaSet,
  refusal: string | undefined,
  now: string,
): NonNullable<NonNullable<ReplicaSet["status"]>["conditions"]> {
  if (refusal === undefined) return [];
  const before = status?.conditions?.find(({ type }) => type === "ReplicaFailure");
  const lastTransitionTime = before?.lastTransitionTime ?? now;
  return [
    {
      type: "ReplicaFailure",
      status: "True",
      reason: "FailedCreate",
      message: refusal,
      lastTransitionTime,
    },
  ];
}
