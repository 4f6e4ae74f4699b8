import type { Cluster } from "./cluster";
import type { Again, Loop } from "./loop";
import { keyOf, type Claim, type StorageClass, type Volume } from "./objects";
import type { Recorder } from "./recorder";
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
const PROTECTION = "kubernetes.io/pvc-protection";
const REPEAT_SECONDS = 300;

type Binder = { cluster: Cluster; record: Recorder };

/** Binds claims to volumes, keeps their phase, and protects claims in use from deletion. */
export function startClaimBinder(cluster: Cluster, loop: Loop, record: Recorder): void {
  const binder = { cluster, record };
  const queue = loop.controller("claim-binder", (key) => {
    const claim = cluster.claims.get(key);
    if (claim === undefined) return undefined;
    if (claim.metadata.deletionTimestamp !== undefined) {
      releaseProtection(cluster, claim);
      return undefined;
    }
    if (admit(cluster, claim)) return undefined; // the change brings it back here
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
    const { claimRef } = object.spec;
    if (claimRef) queue.enqueue(`${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`);
    const freed = claimRef === undefined && (previous === undefined || previous.spec.claimRef);
    if (deleted || !freed) return;
    for (const claim of unboundOfClass(object.spec.storageClassName ?? "")) {
      queue.enqueue(keyOf(claim));
    }
  });
  cluster.classes.onChange(({ object }) => {
    for (const claim of unboundOfClass(object.metadata.name)) queue.enqueue(keyOf(claim));
    for (const claim of unboundOfClass("")) queue.enqueue(keyOf(claim));
  });
}

/** What admission fills in on a real server: protection, the default class, the first phase. True when it wrote. */
function admit(cluster: Cluster, claim: Claim): boolean {
  const finalizers = claim.metadata.finalizers ?? [];
  const fallback =
    claim.spec.storageClassName === undefined
      ? cluster.classes
          .list()
          .find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true")
      : undefined;
  if (!finalizers.includes(PROTECTION) || fallback !== undefined || !claim.spec.volumeMode) {
    cluster.client.update(
      "persistentvolumeclaims",
      {
        ...claim,
        metadata: { ...claim.metadata, finalizers: [...new Set([...finalizers, PROTECTION])] },
        spec: {
          ...claim.spec,
          volumeMode: claim.spec.volumeMode ?? "Filesystem",
          ...(fallback === undefined ? {} : { storageClassName: fallback.metadata.name }),
        },
      },
      { manager: "kube-apiserver" },
    );
    return true;
  }
  if (claim.status?.phase === undefined) {
    writePhase(cluster, claim, "Pending");
    return true;
  }
  return false;
}

function releaseProtection(cluster: Cluster, claim: Claim): void {
  const finalizers = claim.metadata.finalizers ?? [];
  const inUse = cluster.podsOfClaim(keyOf(claim)).some((pod) => pod.spec.nodeName);
  if (inUse || !finalizers.includes(PROTECTION)) return;
  cluster.client.update("persistentvolumeclaims", {
    ...claim,
    metadata: {
      ...claim.metadata,
      finalizers: finalizers.filter((finalizer) => finalizer !== PROTECTION),
    },
  });
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

function bindRequested({ cluster, record }: Binder, claim: Claim, name: string): Again {
  const volume = cluster.volumes.get(name);
  if (volume === undefined) return undefined;
  const taken = volume.spec.claimRef !== undefined && !isReservedFor(volume, claim);
  const wrong = mismatch(claim, volume);
  if (!taken && wrong === undefined) {
    join(cluster, claim, volume);
    return undefined;
  }
  record(claim, {
    type: "Warning",
    reason: taken ? "FailedBinding" : "VolumeMismatch",
    message: taken
      ? `volume "${name}" already bound to a different claim.`
      : `Cannot bind to requested volume "${name}": ${wrong ?? ""}`,
    component: COMPONENT,
  });
  return REPEAT_SECONDS;
}

function explainWaiting(
  { cluster, record }: Binder,
  claim: Claim,
  found: { storageClass: StorageClass | undefined; delayed: boolean },
): void {
  const say = (type: "Normal" | "Warning", reason: string, message: string) =>
    record(claim, { type, reason, message, component: COMPONENT });
  const className = claim.spec.storageClassName ?? "";
  if (className === "") {
    const message = "no persistent volumes available for this claim and no storage class is set";
    return say("Normal", "FailedBinding", message);
  }
  if (found.storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return say("Warning", "ProvisioningFailed", message);
  }
  if (found.delayed) {
    const users = cluster.podsOfClaim(keyOf(claim)).filter((pod) => !pod.spec.nodeName);
    if (users.length === 0) {
      const message = "waiting for first consumer to be created before binding";
      return say("Normal", "WaitForFirstConsumer", message);
    }
    const names = users.map((pod) => pod.metadata.name).join(",");
    return say("Normal", "WaitForPodScheduled", `waiting for pod ${names} to be scheduled`);
  }
  say(
    "Normal",
    "ExternalProvisioning",
    `Waiting for a volume to be created either by the external provisioner '${found.storageClass.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  );
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
