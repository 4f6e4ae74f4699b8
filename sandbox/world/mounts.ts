import type { Cluster } from "./cluster";
import { volumeOf, type Disks } from "./disks";
import { isFinished, type Container, type Pod, type Volume } from "./objects";
import type { Location } from "./process";
import { isBound, PROVISIONERS } from "./volume-match";

/** Why a pod's volumes are not there yet, as the event that says so. */
export type MountProblem = { reason: string; message: string; component: string };

export interface Mounts {
  /** Attaches what needs attaching and says what is missing; nothing when the containers may start. */
  prepare(pod: Pod): MountProblem | undefined;
  /** Volumes that are attached to the pod's node because of this pod, for the event. */
  attachable(pod: Pod): Volume[];
  locate(pod: Pod, container: Container, path: string): Location | undefined;
}

/** Which node each block volume is attached to, and where paths in containers lead. */
export function createMounts(cluster: Cluster, disks: Disks): Mounts {
  const attachedTo = new Map<string, string>();
  const context = { cluster, attachedTo };
  return {
    prepare: (pod) => {
      for (const source of pod.spec.volumes ?? []) {
        const problem =
          missingProjection(cluster, pod.metadata.namespace ?? "", source) ??
          claimProblem(context, pod, source);
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
    attachable: (pod) =>
      (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
        const volume = volumeOf(cluster, pod, persistentVolumeClaim?.claimName);
        return volume !== undefined && isExclusive(volume) ? [volume] : [];
      }),
    locate: (pod, container, path) => {
      const mount = (container.volumeMounts ?? [])
        .filter(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`))
        .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
      const disk = mount === undefined ? undefined : disks.open(pod, mount.name);
      if (mount === undefined || disk === undefined) return undefined;
      const below = path.slice(mount.mountPath.length + 1);
      return { disk, path: mount.subPath ? `${mount.subPath}/${below}` : below };
    },
  };
}

type Context = { cluster: Cluster; attachedTo: Map<string, string> };
type VolumeSource = NonNullable<Pod["spec"]["volumes"]>[number];

function claimProblem(context: Context, pod: Pod, source: VolumeSource): MountProblem | undefined {
  const claimName = source.persistentVolumeClaim?.claimName;
  if (claimName === undefined) return undefined;
  const claimKey = `${pod.metadata.namespace ?? ""}/${claimName}`;
  const claim = context.cluster.claims.get(claimKey);
  const volume = volumeOf(context.cluster, pod, claimName);
  if (claim === undefined || volume === undefined || !isBound(claim)) {
    return mountProblem(
      `Unable to attach or mount volumes: unmounted volumes=[${source.name}], unattached volumes=[], failed to process volumes=[${source.name}]: error processing PVC ${claimKey}: PVC is not bound`,
    );
  }
  return isExclusive(volume) ? attach(context, { pod, volume, claimKey }) : undefined;
}

function attach(
  { cluster, attachedTo }: Context,
  { pod, volume, claimKey }: { pod: Pod; volume: Volume; claimKey: string },
): MountProblem | undefined {
  const node = pod.spec.nodeName ?? "";
  const pods = cluster.podsOfClaim(claimKey);
  // pods that ran before the sandbox started have attached it without asking here
  const running = pods.find(({ status }) => status?.phase === "Running")?.spec.nodeName;
  const holder = attachedTo.get(volume.metadata.name) ?? running ?? node;
  const users =
    holder === node
      ? []
      : pods.filter((other) => other.spec.nodeName === holder && !isFinished(other));
  if (users.length === 0) {
    attachedTo.set(volume.metadata.name, node);
    return undefined;
  }
  const names = users.map(({ metadata }) => metadata.name).join(", ");
  return {
    reason: "FailedAttachVolume",
    message: `Multi-Attach error for volume "${volume.metadata.name}" Volume is already used by pod(s) ${names}`,
    component: "attachdetach-controller",
  };
}

/** A block device is attached to one node at a time; files over the network and local directories are not attached at all. */
function isExclusive(volume: Volume): boolean {
  const driver = volume.spec.csi?.driver;
  if (driver === undefined || PROVISIONERS[driver] === "nfs") return false;
  return !(volume.spec.accessModes ?? []).some((mode) => /Many$/.test(mode));
}

function missingProjection(
  cluster: Cluster,
  namespace: string,
  source: VolumeSource,
): MountProblem | undefined {
  const wanted = [
    {
      kind: "configmap",
      resource: "configmaps",
      name: source.configMap?.name,
      of: source.configMap,
    },
    { kind: "secret", resource: "secrets", name: source.secret?.secretName, of: source.secret },
  ];
  for (const { kind, resource, name, of } of wanted) {
    if (name === undefined || of?.optional === true) continue;
    if (cluster.client.get(resource, namespace, name) !== undefined) continue;
    return mountProblem(
      `MountVolume.SetUp failed for volume "${source.name}" : ${kind} "${name}" not found`,
    );
  }
  return undefined;
}

function mountProblem(message: string): MountProblem {
  return { reason: "FailedMount", message, component: "kubelet" };
}
