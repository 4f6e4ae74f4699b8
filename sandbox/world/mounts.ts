import type { Cluster } from "./cluster";
import type { Disks } from "./disks";
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

  function holders(volume: Volume, claimKey: string, node: string): Pod[] {
    if (attachedTo.get(volume.metadata.name) !== node) return [];
    return cluster
      .podsOfClaim(claimKey)
      .filter((pod) => pod.spec.nodeName === node && !isFinished(pod));
  }

  function attach(pod: Pod, volume: Volume, claimKey: string): MountProblem | undefined {
    const node = pod.spec.nodeName ?? "";
    const other = attachedTo.get(volume.metadata.name);
    const users = other === undefined || other === node ? [] : holders(volume, claimKey, other);
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

  return {
    prepare(pod) {
      const namespace = pod.metadata.namespace ?? "";
      for (const source of pod.spec.volumes ?? []) {
        const missing = missingProjection(cluster, namespace, source);
        if (missing !== undefined) return missing;
        const claimName = source.persistentVolumeClaim?.claimName;
        if (claimName === undefined) continue;
        const claimKey = `${namespace}/${claimName}`;
        const claim = cluster.claims.get(claimKey);
        const volume = cluster.volumes.get(claim?.spec.volumeName ?? "");
        if (claim === undefined || volume === undefined || !isBound(claim)) {
          return mountProblem(
            `Unable to attach or mount volumes: unmounted volumes=[${source.name}], unattached volumes=[], failed to process volumes=[${source.name}]: error processing PVC ${claimKey}: PVC is not bound`,
          );
        }
        const problem = isExclusive(volume) ? attach(pod, volume, claimKey) : undefined;
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
    attachable: (pod) =>
      (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
        const key = `${pod.metadata.namespace ?? ""}/${persistentVolumeClaim?.claimName ?? ""}`;
        const volume = cluster.volumes.get(cluster.claims.get(key)?.spec.volumeName ?? "");
        return volume !== undefined && isExclusive(volume) ? [volume] : [];
      }),
    locate(pod, container, path) {
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

/** A block device is attached to one node at a time; files over the network and local directories are not attached at all. */
function isExclusive(volume: Volume): boolean {
  const driver = volume.spec.csi?.driver;
  if (driver === undefined || PROVISIONERS[driver] === "nfs") return false;
  return !(volume.spec.accessModes ?? []).some((mode) => /Many$/.test(mode));
}

type VolumeSource = NonNullable<Pod["spec"]["volumes"]>[number];

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
