import type { Cluster } from "./cluster";
import type { Loop, Queue } from "./loop";
import { claimKeysOf, isFinished, keyOf, setCondition, type Pod } from "./objects";
import { planPlacement, type ClaimFacts, type ClaimStep } from "./placement";
import type { Recorder } from "./recorder";
import { createRepeatGuard } from "./repeat-guard";
import { BOUND_BY_CONTROLLER, SELECTED_NODE } from "./volume-match";

const COMPONENT = "default-scheduler";
const REPEAT_SECONDS = 300;

/** Puts pods on nodes, and starts what claims need that wait for their first consumer. */
export function startScheduler(cluster: Cluster, loop: Loop, record: Recorder): void {
  const pending = new Set<string>();
  const guard = createRepeatGuard(loop, REPEAT_SECONDS);
  const queue = loop.controller("scheduler", (key) => {
    const pod = cluster.pods.get(key);
    if (pod === undefined || !isWaiting(pod)) {
      pending.delete(key);
      guard.forget(key);
      return undefined;
    }
    pending.add(key);
    const plan = planPlacement(gatherFacts(cluster, pod));
    if (plan.kind === "unschedulable") {
      if (guard.isDue(key, plan.message)) refuse(pod, plan.message);
      return REPEAT_SECONDS;
    }
    if (plan.steps.length > 0) {
      for (const step of plan.steps) prepareClaim(cluster, step, plan.node);
      return undefined; // the claim's binding wakes the pod again
    }
    assign(pod, plan.node);
    return undefined;
  });

  function refuse(pod: Pod, message: string): void {
    writeScheduled(cluster, loop, { pod, status: "False", reason: "Unschedulable", message });
    record(pod, { type: "Warning", reason: "FailedScheduling", message, component: COMPONENT });
  }

  function assign(pod: Pod, node: string): void {
    cluster.client.update(
      "pods",
      { ...pod, spec: { ...pod.spec, nodeName: node } },
      { manager: COMPONENT },
    );
    const bound = cluster.pods.get(keyOf(pod)) ?? pod;
    writeScheduled(cluster, loop, { pod: bound, status: "True" });
    const message = `Successfully assigned ${keyOf(pod)} to ${node}`;
    record(pod, { type: "Normal", reason: "Scheduled", message, component: COMPONENT });
  }

  watchWhatMatters(cluster, queue, pending);
}

function watchWhatMatters(cluster: Cluster, queue: Queue, pending: ReadonlySet<string>): void {
  const retryAll = () => pending.forEach((key) => queue.enqueue(key));
  cluster.pods.onChange(({ key, object, deleted }) => {
    if (isWaiting(object) && !deleted) queue.enqueue(key);
    else if (deleted || isFinished(object)) retryAll();
  });
  cluster.nodes.onChange(retryAll);
  cluster.volumes.onChange(retryAll);
  cluster.classes.onChange(retryAll);
  cluster.claims.onChange(({ key }) => {
    for (const pod of cluster.podsOfClaim(key)) if (isWaiting(pod)) queue.enqueue(keyOf(pod));
  });
}

function isWaiting(pod: Pod): boolean {
  return !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined && !isFinished(pod);
}

function gatherFacts(cluster: Cluster, pod: Pod) {
  return {
    pod,
    nodes: cluster.nodes
      .list()
      .map((node) => ({ node, pods: cluster.podsOnNode(node.metadata.name) })),
    claims: claimKeysOf(pod).map((key) => claimFacts(cluster, pod, key)),
  };
}

function claimFacts(cluster: Cluster, pod: Pod, key: string): ClaimFacts {
  const claim = cluster.claims.get(key);
  const className = claim?.spec.storageClassName ?? "";
  return {
    name: key.slice(key.indexOf("/") + 1),
    claim,
    volume: cluster.volumes.get(claim?.spec.volumeName ?? ""),
    storageClass: cluster.classes.get(className),
    candidates: cluster.volumesOfClass(className),
    users: cluster.podsOfClaim(key).filter((user) => user.metadata.uid !== pod.metadata.uid),
  };
}

/** Reserves the chosen volume, or tells the provisioner the chosen node. Both are no-ops the second time. */
function prepareClaim(cluster: Cluster, { claim, volume }: ClaimStep, node: string): void {
  if (volume !== undefined) {
    if (volume.spec.claimRef?.uid === claim.metadata.uid) return;
    cluster.client.update(
      "persistentvolumes",
      {
        ...volume,
        metadata: {
          ...volume.metadata,
          annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" },
        },
        spec: {
          ...volume.spec,
          claimRef: {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            namespace: claim.metadata.namespace,
            name: claim.metadata.name,
            uid: claim.metadata.uid,
          },
        },
      },
      { manager: COMPONENT },
    );
    return;
  }
  if (claim.metadata.annotations?.[SELECTED_NODE] === node) return;
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
  cluster.client.update(
    "persistentvolumeclaims",
    { ...claim, metadata: { ...claim.metadata, annotations } },
    { manager: COMPONENT },
  );
}

function writeScheduled(
  cluster: Cluster,
  loop: Loop,
  options: { pod: Pod; status: "True" | "False"; reason?: string; message?: string },
): void {
  const { pod, ...rest } = options;
  const condition = { type: "PodScheduled", ...rest };
  const conditions = setCondition(pod.status?.conditions, condition, loop.timestamp());
  cluster.client.updateStatus(
    "pods",
    { ...pod, status: { ...pod.status, phase: pod.status?.phase ?? "Pending", conditions } },
    { manager: COMPONENT },
  );
}
