import { isDeepStrictEqual } from "node:util";

import type { Cluster } from "./cluster";
import { deploymentStatus, isComplete, progressMark } from "./deployment-status";
import type { Again, Loop } from "./loop";
import { hashSuffix } from "./names";
import {
  controllerOf,
  controllerUid,
  keyOf,
  type Deployment,
  type PodTemplate,
  type ReplicaSet,
} from "./objects";
import type { Recorder } from "./recorder";
import { isRefusal } from "./refusal";
import { planRollout, rolloutBounds, sizeOf, type ScaleStep } from "./rollout";

const COMPONENT = "deployment-controller";
const RETRY_SECONDS = 5;
const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";

type Context = {
  cluster: Cluster;
  loop: Loop;
  record: Recorder;
  /** When each rollout last moved, for the progress deadline. */
  progress: Map<string, { mark: string; since: number }>;
};

/** Rolls Deployments out through ReplicaSets and keeps their status. */
export function startDeployments(cluster: Cluster, loop: Loop, record: Recorder): void {
  const context: Context = { cluster, loop, record, progress: new Map() };
  const byUid = cluster.deployments.index((deployment) => [deployment.metadata.uid]);
  const queue = loop.controller("deployments", (key) => {
    const deployment = cluster.deployments.get(key);
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) {
      context.progress.delete(key);
      return undefined;
    }
    return reconcile(context, deployment);
  });
  const enqueueOwner = (uid: string | undefined) => {
    for (const deployment of byUid(uid ?? "")) queue.enqueue(keyOf(deployment));
  };
  const setByUid = cluster.replicaSets.index((replicaSet) => [replicaSet.metadata.uid]);
  cluster.deployments.onChange(({ key }) => queue.enqueue(key));
  cluster.replicaSets.onChange(({ object }) => enqueueOwner(controllerUid(object)));
  cluster.pods.onChange(({ object, deleted }) => {
    if (!deleted) return; // their readiness arrives through the ReplicaSet's status
    for (const owner of setByUid(controllerUid(object) ?? "")) enqueueOwner(controllerUid(owner));
  });
}

function reconcile(context: Context, deployment: Deployment): Again {
  const { cluster } = context;
  const sets = cluster.replicaSetsOf(deployment.metadata.uid);
  const current = sets.find((replicaSet) => isOfTemplate(replicaSet, deployment.spec.template));
  const old = sets
    .filter((replicaSet) => replicaSet !== current)
    .map((replicaSet) => ({
      replicaSet,
      pods: cluster.podsOfOwner(replicaSet.metadata.uid).length,
    }));
  const revision = String(Math.max(0, ...old.map(({ replicaSet }) => revisionOf(replicaSet))) + 1);
  if (current === undefined) {
    if (deployment.spec.paused === true) return writeStatus(context, keyOf(deployment));
    const refusal = refusalOf(() => createReplicaSet(context, deployment, revision));
    const again = writeStatus(context, keyOf(deployment), refusal);
    return refusal === undefined ? again : RETRY_SECONDS;
  } else {
    if (deployment.spec.paused !== true) keepRevision(cluster, { deployment, current, revision });
    for (const step of planRollout(deployment, current, old)) scale(context, deployment, step);
    removeHistory(cluster, deployment, old);
  }
  return writeStatus(context, keyOf(deployment));
}

function isOfTemplate(replicaSet: ReplicaSet, template: PodTemplate): boolean {
  const own = replicaSet.spec.template;
  const labels = Object.fromEntries(
    Object.entries(own?.metadata?.labels ?? {}).filter(([name]) => name !== HASH),
  );
  return isDeepStrictEqual(
    { ...own, metadata: { ...own?.metadata, labels } },
    { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels } } },
  );
}

function revisionOf({ metadata }: ReplicaSet | Deployment): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

function createReplicaSet(
  { cluster, record }: Context,
  deployment: Deployment,
  revision: string,
): void {
  const { namespace = "", name: owner } = deployment.metadata;
  const { template } = deployment.spec;
  const hash = hashSuffix(template, 10);
  const name = `${owner}-${hash}`;
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const replicas = firstSize(cluster, deployment);
  cluster.client.create(
    "replicasets.apps",
    {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name,
        namespace,
        labels,
        annotations: { [REVISION]: revision, ...sizeAnnotations(deployment) },
        ownerReferences: controllerOf(deployment),
      },
      spec: {
        replicas,
        selector: {
          matchLabels: { ...deployment.spec.selector.matchLabels, [HASH]: hash },
        },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    },
    { manager: "kube-controller-manager" },
  );
  if (replicas > 0) {
    const message = `Scaled up replica set ${name} from 0 to ${replicas}`;
    record(deployment, {
      type: "Normal",
      reason: "ScalingReplicaSet",
      message,
      component: COMPONENT,
    });
  }
}

/** As large as the bounds allow at once; nothing while Recreate still waits for the old pods. */
function firstSize(cluster: Cluster, deployment: Deployment): number {
  const replicas = deployment.spec.replicas ?? 1;
  const existing = cluster.replicaSetsOf(deployment.metadata.uid);
  const total = existing.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
  const room = replicas + rolloutBounds(deployment).surge - total;
  if (deployment.spec.strategy?.type === "Recreate") {
    const pods = existing.flatMap(({ metadata }) => cluster.podsOfOwner(metadata.uid));
    return pods.length === 0 ? replicas : 0;
  }
  return Math.max(0, Math.min(replicas, room));
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const replicas = deployment.spec.replicas ?? 1;
  return {
    "deployment.kubernetes.io/desired-replicas": String(replicas),
    "deployment.kubernetes.io/max-replicas": String(replicas + rolloutBounds(deployment).surge),
  };
}

/** The current set carries the highest revision, and the Deployment the same one. */
function keepRevision(
  cluster: Cluster,
  found: { deployment: Deployment; current: ReplicaSet; revision: string },
): void {
  const { deployment, current, revision } = found;
  const manager = "kube-controller-manager";
  const own = revisionOf(current) >= Number(revision) ? String(revisionOf(current)) : revision;
  const withRevision = <T extends ReplicaSet | Deployment>(object: T): T => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [REVISION]: own },
    },
  });
  if (current.metadata.annotations?.[REVISION] !== own) {
    cluster.client.update("replicasets.apps", withRevision(current), { manager });
  }
  if (deployment.metadata.annotations?.[REVISION] !== own) {
    cluster.client.update("deployments.apps", withRevision(deployment), { manager });
  }
}

function scale(
  { cluster, record }: Context,
  deployment: Deployment,
  { replicaSet, replicas }: ScaleStep,
): void {
  const now = cluster.replicaSets.get(keyOf(replicaSet));
  if (now === undefined) return;
  cluster.client.update(
    "replicasets.apps",
    { ...now, spec: { ...now.spec, replicas } },
    { manager: "kube-controller-manager" },
  );
  const before = sizeOf(now);
  const message = `Scaled ${replicas > before ? "up" : "down"} replica set ${now.metadata.name} from ${before} to ${replicas}`;
  record(deployment, {
    type: "Normal",
    reason: "ScalingReplicaSet",
    message,
    component: COMPONENT,
  });
}

function removeHistory(
  cluster: Cluster,
  deployment: Deployment,
  old: readonly { replicaSet: ReplicaSet; pods: number }[],
): void {
  const keep = deployment.spec.revisionHistoryLimit ?? 10;
  const idle = old
    .filter(({ replicaSet, pods }) => sizeOf(replicaSet) === 0 && pods === 0)
    .map(({ replicaSet }) => replicaSet)
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  for (const { metadata } of idle.slice(keep)) {
    cluster.client.delete("replicasets.apps", metadata.namespace, metadata.name);
  }
}

function refusalOf(create: () => void): string | undefined {
  try {
    create();
    return undefined;
  } catch (error) {
    if (error instanceof Error && isRefusal(error)) return error.message;
    throw error;
  }
}

function writeStatus(context: Context, key: string, refusal?: string): Again {
  const { cluster, loop, progress } = context;
  const deployment = cluster.deployments.get(key);
  if (deployment === undefined) return undefined;
  const sets = cluster.replicaSetsOf(deployment.metadata.uid);
  const current = sets.find((replicaSet) => isOfTemplate(replicaSet, deployment.spec.template));
  const facts = { deployment, current, sets };
  const mark = progressMark(facts);
  const last = progress.get(key);
  const since = last?.mark === mark ? last.since : loop.seconds();
  progress.set(key, { mark, since });
  const idleSeconds = loop.seconds() - since;
  const status = deploymentStatus({ ...facts, now: loop.timestamp(), idleSeconds, refusal });
  if (!isDeepStrictEqual(status, deployment.status)) {
    cluster.client.updateStatus(
      "deployments.apps",
      { ...deployment, status },
      { manager: "kube-controller-manager" },
    );
  }
  const deadline = deployment.spec.progressDeadlineSeconds ?? 600;
  return isComplete(facts) || idleSeconds >= deadline ? undefined : deadline - idleSeconds;
}
