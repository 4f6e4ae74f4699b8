import type { Pod } from "@/server/domain/objects";
import { setClaim } from "@/server/domain/preflight/with-claim";
import type { TestCluster } from "../test-cluster";
import { ASKED, SERVICE } from "./scene";
import type { Staged } from "./stage";
import type { Place } from "./stage-objects";
import { deploymentOf } from "./stage-service";

/** What became of the pods. */
export type Outcome = {
  readonly kind: "runs" | "waits" | "some";
  /** The row's own names of the nodes, sorted. */
  readonly nodes: readonly string[];
  /** What the scheduler says of one that has no node. */
  readonly said: string;
};

/** Makes of the service with its claim the pods that the operator would make, and waits for the scheduler's word on each of them. */
export async function play(staged: Staged, place: Place): Promise<Outcome> {
  const { cluster, index, until } = place;
  const { namespace, key, row } = staged;
  const before = new Set((await podsOf(cluster, namespace)).map(({ metadata }) => metadata.uid));
  const service = index.get("inferenceservices", key);
  const model = index.get("models", `${namespace}/${service?.spec.modelRef ?? ""}`);
  if (service === null || model === null) throw new Error(`${key} is not there`);
  const claimName = row.asks === undefined ? ASKED : row.asks;
  const manifest = deploymentOf(setClaim(service, { claimName, persistence: null }), model);
  await cluster.store.apply("deployments", manifest, {
    fieldManager: "mooring-operator",
    force: true,
  });
  const wanted = service.spec.autoscaling?.minReplicas ?? service.spec.replicas ?? 1;
  const rolls = before.size > 0;
  let pods: readonly Pod[] = [];
  const settled = async () => {
    const all = await podsOf(cluster, namespace);
    pods = all.filter(
      ({ metadata }) => !before.has(metadata.uid) && metadata.deletionTimestamp === undefined,
    );
    return pods.length >= (rolls ? 1 : wanted) && pods.every(isDecided);
  };
  await until(`the scheduler's word on ${key} (${row.name})`, settled);
  if (pods.some((pod) => !isPlaced(pod))) {
    await watchQueuePass(place, namespace);
    await until(`the scheduler's last word on ${key}`, settled);
  }
  return outcomeOf(pods, staged);
}

async function podsOf({ store }: TestCluster, namespace: string): Promise<readonly Pod[]> {
  return store.list("pods", {
    namespace,
    labelSelector: `inference.llmkube.dev/service=${SERVICE}`,
  });
}

/** It has a node, or has been refused and nobody makes way for it. */
function isDecided(pod: Pod): boolean {
  if (isPlaced(pod)) return true;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  const nominated = pod.status?.nominatedNodeName ?? "";
  return scheduled?.reason === "Unschedulable" && nominated === "";
}

function isPlaced({ spec }: Pod): boolean {
  return (spec?.nodeName ?? "") !== "";
}

/** A pod that any cluster can place goes through the scheduler's queue behind the refused one. */
async function watchQueuePass({ cluster, until }: Place, namespace: string): Promise<void> {
  const { metadata } = await cluster.store.create("pods", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "sentinel-", namespace },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": "node-1" },
      containers: [{ name: "sentinel", image: "example.com/server" }],
    },
  });
  await until(`${metadata.name} to pass`, async () => {
    const seen = await cluster.store.get("pods", { namespace, name: metadata.name });
    return isPlaced(seen ?? ({} as Pod)); // gone: not placed
  });
}

function outcomeOf(pods: readonly Pod[], { ownName }: Staged): Outcome {
  const placed = pods.filter(isPlaced);
  const refused = pods.find((pod) => !isPlaced(pod));
  const nodes = [...new Set(placed.map(({ spec }) => ownName(spec?.nodeName ?? "")))].sort();
  const kind = placed.length === pods.length ? "runs" : placed.length === 0 ? "waits" : "some";
  const condition = refused?.status?.conditions?.find(({ type }) => type === "PodScheduled");
  return { kind, nodes, said: condition?.message ?? "" };
}
