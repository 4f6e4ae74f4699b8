import { isDeepStrictEqual } from "node:util";

import type { Cluster } from "./cluster";
import {
  hasSucceeded,
  newRun,
  stepContainer,
  type ContainerHost,
  type ContainerRun,
} from "./container-run";
import { createDisks, type Disks } from "./disks";
import type { Again, Loop, Queue } from "./loop";
import { createMounts, type Mounts } from "./mounts";
import {
  claimKeysOf,
  isFinished,
  isReady,
  keyOf,
  setCondition,
  type ClusterNode,
  type Pod,
} from "./objects";
import { buildPodStatus } from "./pod-status";
import { overfullVolume } from "./pod-eviction";
import { startProgram } from "./programs";
import type { Recorder } from "./recorder";
import type { SourceCatalogue } from "./sources";

const NETWORK_SECONDS = 0.5;
const STOP_SECONDS = 0.5;
const MOUNT_RETRY_SECONDS = 30;
/** Real time: how long a server may take to ask for the pods of services that ran before. */
const WARM_MS = 120_000;
const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
const SERVICES = "inferenceservices.inference.llmkube.dev";

type PodRun = {
  runs: ContainerRun[];
  startTime: string;
  podIP: string;
  warm: boolean;
  preparedAt: number | undefined;
  stopAt: number | undefined;
};
type Kubelet = {
  cluster: Cluster;
  loop: Loop;
  record: Recorder;
  catalogue: SourceCatalogue;
  disks: Disks;
  mounts: Mounts;
  bootedAt: string;
  pods: Map<string, PodRun>;
  /** Pods that were running before the sandbox started; they stay as they are. */
  adopted: Set<string>;
  nextAddress: number;
};

/** Runs the pods of every node. */
export function startKubelet(
  cluster: Cluster,
  loop: Loop,
  options: { record: Recorder; catalogue: SourceCatalogue },
): void {
  const disks = createDisks(cluster);
  const kubelet: Kubelet = {
    cluster,
    loop,
    ...options,
    disks,
    mounts: createMounts(cluster, disks),
    bootedAt: loop.timestamp(),
    pods: new Map(),
    adopted: new Set(),
    nextAddress: 2,
  };
  const queue = loop.controller("kubelet", (key) => {
    const pod = cluster.pods.get(key);
    return pod === undefined ? undefined : reconcile(kubelet, pod);
  });
  watch(kubelet, queue);
}

function watch(kubelet: Kubelet, queue: Queue): void {
  const { cluster } = kubelet;
  cluster.pods.onChange(({ key, object, deleted }) => {
    if (!deleted) {
      queue.enqueue(key);
      return;
    }
    kubelet.pods.delete(object.metadata.uid);
    kubelet.adopted.delete(object.metadata.uid);
    kubelet.disks.release(object.metadata.uid);
    for (const claim of claimKeysOf(object)) {
      for (const other of cluster.podsOfClaim(claim)) queue.enqueue(keyOf(other));
    }
  });
  cluster.claims.onChange(({ key }) => {
    for (const pod of cluster.podsOfClaim(key)) queue.enqueue(keyOf(pod));
  });
  cluster.nodes.onChange(({ key, object, previous }) => {
    if (previous !== undefined && isReady(previous) === isReady(object)) return;
    for (const pod of cluster.podsOnNode(key)) queue.enqueue(keyOf(pod));
  });
}

function reconcile(kubelet: Kubelet, pod: Pod): Again {
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  if (!pod.spec.nodeName) {
    if (deleting) remove(kubelet, pod);
    return undefined;
  }
  const node = kubelet.cluster.nodes.get(pod.spec.nodeName);
  if (node === undefined || !isReady(node)) return undefined; // nobody is there to run it
  if (deleting) return stop(kubelet, pod);
  if (isFinished(pod)) return undefined;
  if (isAdopted(kubelet, pod)) {
    restoreReady(kubelet, pod);
    return undefined;
  }
  return runPod(kubelet, pod, node);
}

function runPod(kubelet: Kubelet, pod: Pod, node: ClusterNode): Again {
  const run = runOf(kubelet, pod);
  const again = advance(kubelet, pod, run);
  const evicted = overfullVolume(kubelet.disks, pod);
  if (evicted !== undefined) {
    evict(kubelet, pod, evicted);
    return undefined;
  }
  writeStatus(kubelet, pod, { run, hostIP: addressOf(node.status?.addresses) });
  return again;
}

function addressOf(addresses: readonly { type: string; address: string }[] | undefined): string {
  return addresses?.find(({ type }) => type === "InternalIP")?.address ?? "10.0.0.1";
}

function isAdopted(kubelet: Kubelet, pod: Pod): boolean {
  const { uid } = pod.metadata;
  if (kubelet.adopted.has(uid)) return true;
  const statuses = pod.status?.containerStatuses ?? [];
  const served = pod.status?.phase === "Running" && statuses.every(({ ready }) => ready);
  const foreign = served && !kubelet.pods.has(uid);
  if (foreign) kubelet.adopted.add(uid);
  return foreign;
}

function restoreReady({ cluster, loop }: Kubelet, pod: Pod): void {
  if (isReady(pod)) return;
  const conditions = setCondition(
    pod.status?.conditions,
    { type: "Ready", status: "True" },
    loop.timestamp(),
  );
  cluster.client.updateStatus("pods", { ...pod, status: { ...pod.status, conditions } });
}

function runOf(kubelet: Kubelet, pod: Pod): PodRun {
  const existing = kubelet.pods.get(pod.metadata.uid);
  if (existing !== undefined) return existing;
  const init = pod.spec.initContainers ?? [];
  const address = kubelet.nextAddress++;
  const run: PodRun = {
    runs: [
      ...init.map((container) => newRun(container, true, "PodInitializing")),
      ...pod.spec.containers.map((container) =>
        newRun(container, false, init.length > 0 ? "PodInitializing" : "ContainerCreating"),
      ),
    ],
    startTime: kubelet.loop.timestamp(),
    podIP: `10.244.${Math.floor(address / 250) % 250}.${address % 250}`,
    warm: isWarm(kubelet, pod),
    preparedAt: undefined,
    stopAt: undefined,
  };
  kubelet.pods.set(pod.metadata.uid, run);
  return run;
}

/** The pod belongs to a service that is older than this sandbox, and the sandbox has just started. */
function isWarm({ cluster, loop, bootedAt }: Kubelet, pod: Pod): boolean {
  const name = pod.metadata.labels?.["inference.llmkube.dev/service"];
  const upMs = Date.parse(loop.timestamp()) - Date.parse(bootedAt);
  if (name === undefined || upMs > WARM_MS) return false;
  const { client } = cluster;
  const isServed = client.get(DEFINITIONS, undefined, SERVICES) !== undefined;
  const service = isServed ? client.get(SERVICES, pod.metadata.namespace, name) : undefined;
  return service !== undefined && service.metadata.creationTimestamp < bootedAt;
}

function advance(kubelet: Kubelet, pod: Pod, run: PodRun): Again {
  const { loop } = kubelet;
  if (run.preparedAt === undefined) {
    const problem = kubelet.mounts.prepare(pod);
    if (problem !== undefined) {
      kubelet.record(pod, { type: "Warning", ...problem });
      return MOUNT_RETRY_SECONDS;
    }
    run.preparedAt = loop.seconds() + (run.warm ? 0 : NETWORK_SECONDS);
    for (const volume of kubelet.mounts.attachable(pod)) {
      const message = `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `;
      const component = "attachdetach-controller";
      kubelet.record(pod, { type: "Normal", reason: "SuccessfulAttachVolume", message, component });
    }
  }
  const left = run.preparedAt - loop.seconds();
  if (left > 0) return left;
  const host = hostFor(kubelet, pod, run);
  for (const init of run.runs.filter((container) => container.init)) {
    if (hasSucceeded(init)) continue;
    const again = stepContainer(init, host);
    if (!hasSucceeded(init)) return again;
  }
  const waits = run.runs
    .filter((container) => !container.init)
    .flatMap((container) => stepContainer(container, host) ?? []);
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function hostFor(kubelet: Kubelet, pod: Pod, run: PodRun): ContainerHost {
  const { cluster, loop, mounts, catalogue } = kubelet;
  const { namespace = "", name, uid } = pod.metadata;
  const reference = { namespace, name, uid };
  return {
    seconds: loop.seconds(),
    timestamp: loop.timestamp(),
    restartPolicy: pod.spec.restartPolicy ?? "Always",
    podTitle: `${name}_${namespace}(${uid})`,
    start: (container) =>
      startProgram(
        {
          pod,
          container,
          startedAt: loop.seconds(),
          warm: run.warm,
          locate: (path) => mounts.locate(pod, container, path),
        },
        catalogue,
      ),
    configProblem: (container) => {
      const missing = (container.envFrom ?? []).find(
        ({ secretRef }) =>
          secretRef?.name !== undefined &&
          secretRef.optional !== true &&
          cluster.client.get("secrets", namespace, secretRef.name) === undefined,
      );
      return missing && `secret "${missing.secretRef?.name ?? ""}" not found`;
    },
    log: (container, lines) => {
      for (const line of lines) cluster.client.appendLog(reference, container, line);
    },
    rotateLog: (container) => cluster.client.rotateLog(reference, container),
    say: ({ container, init }, { type, reason, message }) => {
      const fieldPath = `spec.${init ? "initContainers" : "containers"}{${container.name}}`;
      const host = pod.spec.nodeName ?? "";
      kubelet.record(pod, { type, reason, message, component: "kubelet", host, fieldPath });
    },
  };
}

function writeStatus(
  { cluster, loop }: Kubelet,
  pod: Pod,
  { run, hostIP }: { run: PodRun; hostIP: string },
): void {
  const now = loop.timestamp();
  const prepared = run.preparedAt !== undefined && run.preparedAt <= loop.seconds();
  const { runs, startTime, podIP } = run;
  const status = buildPodStatus({ pod, runs, prepared, startTime, hostIP, podIP, now });
  if (isDeepStrictEqual(status, pod.status)) return;
  cluster.client.updateStatus("pods", { ...pod, status }, { manager: "kubelet" });
}

function stop(kubelet: Kubelet, pod: Pod): Again {
  const run = kubelet.pods.get(pod.metadata.uid);
  const idle =
    run === undefined || isFinished(pod) || pod.metadata.deletionGracePeriodSeconds === 0;
  if (idle && !kubelet.adopted.has(pod.metadata.uid)) {
    remove(kubelet, pod);
    return undefined;
  }
  const stopping = run ?? runOf(kubelet, pod);
  if (stopping.stopAt === undefined) {
    stopping.stopAt = kubelet.loop.seconds() + STOP_SECONDS;
    for (const container of pod.spec.containers) {
      kubelet.record(pod, {
        type: "Normal",
        reason: "Killing",
        message: `Stopping container ${container.name}`,
        component: "kubelet",
        host: pod.spec.nodeName ?? "",
        fieldPath: `spec.containers{${container.name}}`,
      });
    }
  }
  const left = stopping.stopAt - kubelet.loop.seconds();
  if (left > 0) return left;
  remove(kubelet, pod);
  return undefined;
}

function remove({ cluster }: Kubelet, pod: Pod): void {
  const { namespace, name, uid } = pod.metadata;
  cluster.client.delete("pods", namespace, name, { gracePeriodSeconds: 0, uid });
}

function evict({ cluster, record, pods }: Kubelet, pod: Pod, message: string): void {
  pods.delete(pod.metadata.uid);
  const { conditions, startTime, hostIP } = { hostIP: "", ...pod.status };
  cluster.client.updateStatus(
    "pods",
    {
      ...pod,
      status: { phase: "Failed", reason: "Evicted", message, conditions, startTime, hostIP },
    },
    { manager: "kubelet" },
  );
  const host = pod.spec.nodeName ?? "";
  record(pod, { type: "Warning", reason: "Evicted", message, component: "kubelet", host });
}
