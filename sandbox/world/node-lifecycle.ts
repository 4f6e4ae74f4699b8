import { isDeepStrictEqual } from "node:util";

import type { Cluster } from "./cluster";
import type { Loop } from "./loop";
import { isReady, setCondition, type ClusterNode, type Pod, type Taint } from "./objects";
import type { Recorder } from "./recorder";
import { tolerates } from "./selectors";

const EVICT_SECONDS = 300;
const UNREACHABLE = "node.kubernetes.io/unreachable";
const NOT_READY = "node.kubernetes.io/not-ready";
const CORDON = "node.kubernetes.io/unschedulable";
const MANAGED: readonly string[] = [UNREACHABLE, NOT_READY, CORDON];

/** Taints lost and cordoned nodes; pods of a lost node stop being ready, and are given up after five minutes. */
export function startNodeLifecycle(cluster: Cluster, loop: Loop, record: Recorder): void {
  const lostSince = new Map<string, number>();
  const queue = loop.controller("node-lifecycle", (name) => {
    const node = cluster.nodes.get(name);
    if (node === undefined) return undefined;
    writeTaints(cluster, node);
    if (isReady(node)) {
      lostSince.delete(name);
      return undefined;
    }
    const since = lostSince.get(name) ?? loop.seconds();
    if (!lostSince.has(name)) {
      lostSince.set(name, since);
      const message = `Node ${name} status is now: NodeNotReady`;
      record(node, {
        type: "Normal",
        reason: "NodeNotReady",
        message,
        component: "node-controller",
      });
    }
    for (const pod of cluster.podsOnNode(name)) markNotReady(cluster, loop, { pod, record });
    const left = since + EVICT_SECONDS - loop.seconds();
    if (left > 0) return left;
    for (const pod of cluster.podsOnNode(name)) giveUp(cluster, node, { pod, record });
    return undefined;
  });
  cluster.nodes.onChange(({ key }) => queue.enqueue(key));
}

/** The taints that the node's conditions and its cordon call for; others are left alone. */
export function wantedTaints(node: ClusterNode): Taint[] {
  return [
    ...(node.spec?.taints ?? []).filter((taint) => !MANAGED.includes(taint.key)),
    ...(node.spec?.unschedulable === true ? [{ key: CORDON, effect: "NoSchedule" }] : []),
    ...lostTaints(node),
  ];
}

function lostTaints(node: ClusterNode): Taint[] {
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready")?.status;
  if (ready === undefined || ready === "True") return [];
  const key = ready === "Unknown" ? UNREACHABLE : NOT_READY;
  return [
    { key, effect: "NoSchedule" },
    { key, effect: "NoExecute" },
  ];
}

function writeTaints(cluster: Cluster, node: ClusterNode): void {
  const taints = wantedTaints(node);
  const bare = (list: readonly Taint[]) =>
    list.map(({ key, value, effect }) => [key, value, effect]);
  if (isDeepStrictEqual(bare(taints), bare(node.spec?.taints ?? []))) return;
  const spec = { ...node.spec };
  delete spec.taints;
  cluster.client.update(
    "nodes",
    { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec },
    { manager: "kube-controller-manager" },
  );
}

type About = { pod: Pod; record: Recorder };

function markNotReady(cluster: Cluster, loop: Loop, { pod, record }: About): void {
  if (!isReady(pod)) return;
  const conditions = setCondition(
    pod.status?.conditions,
    { type: "Ready", status: "False" },
    loop.timestamp(),
  );
  cluster.client.updateStatus(
    "pods",
    { ...pod, status: { ...pod.status, conditions } },
    { manager: "kube-controller-manager" },
  );
  const message = "Node is not ready";
  record(pod, { type: "Warning", reason: "NodeNotReady", message, component: "node-controller" });
}

/** Tolerating the taint for ever keeps a pod; nobody confirms a deletion there, so it stays Terminating. */
function giveUp(cluster: Cluster, node: ClusterNode, { pod, record }: About): void {
  const forEver = (pod.spec.tolerations ?? []).filter(
    (toleration) => toleration.tolerationSeconds === undefined,
  );
  const taints = wantedTaints(node).filter(({ effect }) => effect === "NoExecute");
  if (pod.metadata.deletionTimestamp !== undefined) return;
  if (taints.every((taint) => tolerates(forEver, taint))) return;
  const { namespace = "", name, uid } = pod.metadata;
  cluster.client.delete("pods", namespace, name, { uid });
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  const component = "taint-eviction-controller";
  record(pod, { type: "Normal", reason: "TaintManagerEviction", message, component });
}
