import type { Cluster } from "./cluster";
import type { Loop } from "./loop";
import type { Volume } from "./objects";
import type { Recorder } from "./recorder";
import { PROVISIONED_BY } from "./volume-match";

/** Keeps each volume's phase, and does what its reclaim policy says once its claim is gone. */
export function startVolumePhases(cluster: Cluster, loop: Loop, record: Recorder): void {
  const queue = loop.controller("volume-phases", (name) => {
    const volume = cluster.volumes.get(name);
    if (volume === undefined) return undefined;
    const phase = phaseOf(cluster, volume);
    const settled = volume.status?.phase === "Failed" && phase === "Released";
    if (volume.status?.phase !== phase && !settled) {
      write(cluster, loop, { volume, phase });
      return undefined;
    }
    if (phase === "Released" && !settled) reclaim(cluster, loop, { volume, record });
    return undefined;
  });
  cluster.volumes.onChange(({ key }) => queue.enqueue(key));
  cluster.claims.onChange(({ key, object }) => {
    if (object.spec.volumeName) queue.enqueue(object.spec.volumeName);
    for (const volume of cluster.volumesOfClaim(key)) queue.enqueue(volume.metadata.name);
  });
}

function phaseOf(cluster: Cluster, volume: Volume): "Available" | "Bound" | "Released" {
  const ref = volume.spec.claimRef;
  if (!ref?.uid) return "Available";
  const claim = cluster.claims.get(`${ref.namespace ?? ""}/${ref.name ?? ""}`);
  if (claim?.metadata.uid !== ref.uid) return "Released";
  return claim.spec.volumeName === volume.metadata.name ? "Bound" : "Available";
}

function write(
  cluster: Cluster,
  loop: Loop,
  { volume, phase, message }: { volume: Volume; phase: string; message?: string },
): void {
  cluster.client.updateStatus(
    "persistentvolumes",
    {
      ...volume,
      status: {
        phase,
        lastPhaseTransitionTime: loop.timestamp(),
        ...(message === undefined ? {} : { message }),
      },
    },
    { manager: "kube-controller-manager" },
  );
}

function reclaim(
  cluster: Cluster,
  loop: Loop,
  { volume, record }: { volume: Volume; record: Recorder },
): void {
  if (volume.spec.persistentVolumeReclaimPolicy !== "Delete") return;
  if (volume.metadata.deletionTimestamp !== undefined) return;
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined) {
    cluster.client.delete("persistentvolumes", undefined, volume.metadata.name);
    return;
  }
  const message =
    "error getting deleter volume plugin for volume: no deletable volume plugin matched";
  write(cluster, loop, { volume, phase: "Failed", message });
  const component = "persistentvolume-controller";
  record(volume, { type: "Warning", reason: "VolumeFailedDelete", message, component });
}
