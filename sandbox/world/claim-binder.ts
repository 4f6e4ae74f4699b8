import type { Cluster } from "./cluster";
import type { Again, Loop } from "./loop";
import { keyOf, type Claim, type StorageClass, type Volume } from "./objects";
import type { Recorder } from "./recorder";
import { createRepeatGuard, type RepeatGuard } from "./repeat-guard";
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  DEFAULT_CLASS,
  findVolume,
  isBound,
  isReservedFor,
  isWaitForFirstConsumer,
  mismatch,
  SELECTED_NODE,
} from "./volume-match";

const COMPONENT = "persistentvolume-controller";
const REPEAT_SECONDS = 300;

type Binder = { cluster: Cluster; record: Recorder; guard: RepeatGuard };

/** Binds claims to volumes and keeps their phase. */
export function startClaimBinder(cluster: Cluster, loop: Loop, record: Recorder): void {
  const guard = createRepeatGuard(loop, REPEAT_SECONDS);
  const binder = { cluster, record, guard };
  const queue = loop.controller("claim-binder", (key) => {
    const claim = cluster.claims.get(key);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return undefined;
    if (assignDefaultClass(cluster, claim)) return undefined; // the change brings it back here
    return isBound(claim) ? checkBound(binder, claim) : bind(binder, claim);
  });

  cluster.claims.onChange(({ key }) => queue.enqueue(key));
  cluster.pods.onChange(({ object, deleted }) => {
    if (!deleted && object.spec.nodeName) return;
    for (const volume of object.spec.volumes ?? []) {
      const claim = volume.persistentVolumeClaim?.claimName;
      if (claim) queue.enqueue(`${object.metadata.namespace ?? ""}/${claim}`);
    }
  });
  const unboundOfClass = cluster.claims.index((claim) =>
    isBound(claim) ? [] : [claim.spec.storageClassName ?? ""],
  );
  const ofVolume = cluster.claims.index(({ spec }) => (spec.volumeName ? [spec.volumeName] : []));
  cluster.volumes.onChange(({ object, previous, deleted }) => {
    for (const claim of ofVolume(object.metadata.name)) queue.enqueue(keyOf(claim));
    const reservedFor = reservationOf(object);
    if (reservedFor !== undefined) queue.enqueue(reservedFor);
    const wasFree = previous !== undefined && reservationOf(previous) === undefined;
    if (deleted || reservedFor !== undefined || wasFree) return;
    for (const claim of unboundOfClass(object.spec.storageClassName ?? "")) {
      queue.enqueue(keyOf(claim));
    }
  });
  cluster.classes.onChange(({ object }) => {
    for (const claim of unboundOfClass(object.metadata.name)) queue.enqueue(keyOf(claim));
    for (const claim of unboundOfClass("")) queue.enqueue(keyOf(claim));
  });
}

/** The key of the claim that the volume is kept for. */
function reservationOf({ spec: { claimRef } }: Volume): string | undefined {
  return claimRef === undefined ? undefined : `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`;
}

/** A default class that came after the claim is given to it all the same, as since Kubernetes 1.28. True when it wrote. */
function assignDefaultClass(cluster: Cluster, claim: Claim): boolean {
  if (claim.spec.storageClassName !== undefined || isBound(claim)) return false;
  const fallback = cluster.classes
    .list()
    .find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  if (fallback === undefined) return false;
  cluster.client.update(
    "persistentvolumeclaims",
    { ...claim, spec: { ...claim.spec, storageClassName: fallback.metadata.name } },
    { manager: "kube-controller-manager" },
  );
  return true;
}

function checkBound({ cluster, record }: Binder, claim: Claim): Again {
  const volume = cluster.volumes.get(claim.spec.volumeName ?? "");
  if (volume !== undefined && isReservedFor(volume, claim)) {
    if (claim.status?.phase !== "Bound") finish(cluster, claim, volume);
    return undefined;
  }
  if (claim.status?.phase === "Lost") return undefined;
  const [reason, message] =
    volume === undefined
      ? ["ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"]
      : ["ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"];
  writePhase(cluster, claim, "Lost");
  record(claim, { type: "Warning", reason, message, component: COMPONENT });
  return undefined;
}

function bind(binder: Binder, claim: Claim): Again {
  const { cluster } = binder;
  if (claim.spec.volumeName) return bindRequested(binder, claim, claim.spec.volumeName);
  const storageClass = cluster.classes.get(claim.spec.storageClassName ?? "");
  const candidates = cluster.volumesOfClass(claim.spec.storageClassName ?? "");
  const delayed =
    isWaitForFirstConsumer(storageClass) && !claim.metadata.annotations?.[SELECTED_NODE];
  const volume = findVolume(
    claim,
    delayed ? candidates.filter((candidate) => isReservedFor(candidate, claim)) : candidates,
  );
  if (volume !== undefined) {
    join(cluster, claim, volume);
    return undefined;
  }
  explainWaiting(binder, claim, { storageClass, delayed });
  return REPEAT_SECONDS;
}

function bindRequested({ cluster, record, guard }: Binder, claim: Claim, name: string): Again {
  const volume = cluster.volumes.get(name);
  if (volume === undefined) return undefined;
  const taken = volume.spec.claimRef !== undefined && !isReservedFor(volume, claim);
  const wrong = mismatch(claim, volume);
  if (!taken && wrong === undefined) {
    join(cluster, claim, volume);
    return undefined;
  }
  const reason = taken ? "FailedBinding" : "VolumeMismatch";
  const message = taken
    ? `volume "${name}" already bound to a different claim.`
    : `Cannot bind to requested volume "${name}": ${wrong ?? ""}`;
  if (guard.isDue(keyOf(claim), message)) {
    record(claim, { type: "Warning", reason, message, component: COMPONENT });
  }
  return REPEAT_SECONDS;
}

function explainWaiting(
  { cluster, record, guard }: Binder,
  claim: Claim,
  found: { storageClass: StorageClass | undefined; delayed: boolean },
): void {
  const text = waitingText(cluster, claim, found);
  if (!guard.isDue(keyOf(claim), text.message)) return;
  record(claim, { ...text, component: COMPONENT });
}

function waitingText(
  cluster: Cluster,
  claim: Claim,
  { storageClass, delayed }: { storageClass: StorageClass | undefined; delayed: boolean },
): { type: "Normal" | "Warning"; reason: string; message: string } {
  const className = claim.spec.storageClassName ?? "";
  if (className === "") {
    const message = "no persistent volumes available for this claim and no storage class is set";
    return { type: "Normal", reason: "FailedBinding", message };
  }
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return { type: "Warning", reason: "ProvisioningFailed", message };
  }
  if (!delayed) {
    const message = `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    return { type: "Normal", reason: "ExternalProvisioning", message };
  }
  const users = cluster.podsOfClaim(keyOf(claim)).filter((pod) => !pod.spec.nodeName);
  if (users.length === 0) {
    const message = "waiting for first consumer to be created before binding";
    return { type: "Normal", reason: "WaitForFirstConsumer", message };
  }
  const message = `waiting for pod ${users.map(({ metadata }) => metadata.name).join(",")} to be scheduled`;
  return { type: "Normal", reason: "WaitForPodScheduled", message };
}

/** Both sides name each other, then both are Bound. Every step is idempotent. */
function join(cluster: Cluster, claim: Claim, volume: Volume): void {
  const chosen = volume.spec.claimRef === undefined;
  const reserved =
    volume.spec.claimRef?.uid === claim.metadata.uid ? volume : reserve(cluster, claim, volume);
  const annotations = {
    ...claim.metadata.annotations,
    [BIND_COMPLETED]: "yes",
    ...(chosen && !claim.spec.volumeName ? { [BOUND_BY_CONTROLLER]: "yes" } : {}),
  };
  cluster.client.update(
    "persistentvolumeclaims",
    {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: volume.metadata.name },
    },
    { manager: "kube-controller-manager" },
  );
  finish(cluster, cluster.claims.get(keyOf(claim)) ?? claim, reserved);
}

function reserve(cluster: Cluster, claim: Claim, volume: Volume): Volume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const ref = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid };
  const byUs = volume.spec.claimRef === undefined ? { [BOUND_BY_CONTROLLER]: "yes" } : {};
  cluster.client.update(
    "persistentvolumes",
    {
      ...volume,
      metadata: {
        ...volume.metadata,
        annotations: { ...volume.metadata.annotations, ...byUs },
      },
      spec: { ...volume.spec, claimRef: { ...ref, resourceVersion } },
    },
    { manager: "kube-controller-manager" },
  );
  return cluster.volumes.get(volume.metadata.name) ?? volume;
}

function finish(cluster: Cluster, claim: Claim, volume: Volume): void {
  cluster.client.updateStatus(
    "persistentvolumeclaims",
    {
      ...claim,
      status: {
        ...claim.status,
        phase: "Bound",
        accessModes: volume.spec.accessModes ?? [],
        capacity: volume.spec.capacity ?? {},
      },
    },
    { manager: "kube-controller-manager" },
  );
}

function writePhase(cluster: Cluster, claim: Claim, phase: string): void {
  cluster.client.updateStatus(
    "persistentvolumeclaims",
    { ...claim, status: { ...claim.status, phase } },
    { manager: "kube-controller-manager" },
  );
}
