import type { Cluster } from "./cluster";
import type { Pod, Volume } from "./objects";
import { quantity } from "./quantity";

/** JSON of path → bytes: what the volume holds. The sandbox's disks live in the API, so that anyone can look and prepare them. */
export const FILES_ANNOTATION = "sandbox.mooring.dev/files";

/** One file system: paths without a leading slash, sizes in bytes. */
export interface Disk {
  has(path: string): boolean;
  /** A file at the path or anything below it. */
  hasTree(path: string): boolean;
  sizeOf(path: string): number;
  freeBytes(): number;
  usedBytes(): number;
  /** Makes the file `bytes` long if there is room; false leaves it as large as the disk allows. */
  grow(path: string, bytes: number): boolean;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Makes what was written visible in the API. */
  save(): void;
}

export interface Disks {
  /** The disk behind a pod's volume; nothing for volumes that hold no files here. */
  open(pod: Pod, volumeName: string): Disk | undefined;
  /** Forgets the pod's emptyDirs. */
  release(podUid: string): void;
}

type Files = Map<string, number>;
type Loaded = { text: string; files: Files };

/** Every disk of the cluster: volumes by their annotation, emptyDirs in memory. */
export function createDisks(cluster: Cluster): Disks {
  const loaded = new Map<string, Loaded>();
  const temporary = new Map<string, Map<string, Files>>();

  function volumeFiles(volume: Volume): Files {
    const text = volume.metadata.annotations?.[FILES_ANNOTATION] ?? "{}";
    const before = loaded.get(volume.metadata.uid);
    if (before?.text === text) return before.files;
    const files = parseFiles(text);
    loaded.set(volume.metadata.uid, { text, files });
    return files;
  }

  function saveVolume(name: string, files: Files): void {
    const volume = cluster.volumes.get(name);
    if (volume === undefined) return;
    const text = JSON.stringify(Object.fromEntries([...files].sort()));
    if (volume.metadata.annotations?.[FILES_ANNOTATION] === text) return;
    loaded.set(volume.metadata.uid, { text, files });
    const annotations = { ...volume.metadata.annotations, [FILES_ANNOTATION]: text };
    cluster.client.update(
      "persistentvolumes",
      { ...volume, metadata: { ...volume.metadata, annotations } },
      { manager: "sandbox-disks" },
    );
  }

  function emptyDir(pod: Pod, name: string): Files {
    const ofPod = temporary.get(pod.metadata.uid) ?? new Map<string, Files>();
    temporary.set(pod.metadata.uid, ofPod);
    const files = ofPod.get(name) ?? new Map<string, number>();
    ofPod.set(name, files);
    return files;
  }

  return {
    open(pod, volumeName) {
      const source = pod.spec.volumes?.find(({ name }) => name === volumeName);
      if (source?.emptyDir !== undefined) {
        return scratchDisk(emptyDir(pod, volumeName), nodeDiskBytes(cluster, pod));
      }
      const volume = volumeOf(cluster, pod, source?.persistentVolumeClaim?.claimName);
      if (volume === undefined) return undefined;
      const { name } = volume.metadata;
      // read anew at each look: what others delete meanwhile is gone, and does not come back with the next save
      const files = () => volumeFiles(cluster.volumes.get(name) ?? volume);
      const capacity = quantity(volume.spec.capacity?.["storage"]);
      return createDisk(files, capacity, () => saveVolume(name, files()));
    },
    release: (podUid) => void temporary.delete(podUid),
  };
}

/** Nothing of it outlasts its pod. */
function scratchDisk(files: Files, capacity: number): Disk {
  return createDisk(
    () => files,
    capacity,
    () => undefined,
  );
}

function nodeDiskBytes(cluster: Cluster, pod: Pod): number {
  const node = cluster.nodes.get(pod.spec.nodeName ?? "");
  return quantity(node?.status?.allocatable?.["ephemeral-storage"] ?? "100Gi");
}

/** The volume behind a claim of the pod's namespace. */
export function volumeOf(
  cluster: Cluster,
  pod: Pod,
  claimName: string | undefined,
): Volume | undefined {
  if (claimName === undefined) return undefined;
  const claim = cluster.claims.get(`${pod.metadata.namespace ?? ""}/${claimName}`);
  return cluster.volumes.get(claim?.spec.volumeName ?? "");
}

function parseFiles(text: string): Files {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null) return new Map();
  return new Map(
    Object.entries(parsed).flatMap(([path, bytes]: [string, unknown]) =>
      typeof bytes === "number" ? [[path, bytes] as const] : [],
    ),
  );
}

function createDisk(read: () => Files, capacity: number, save: () => void): Disk {
  const used = () => [...read().values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    has: (path) => read().has(path),
    hasTree: (path) =>
      [...read().keys()].some((file) => file === path || file.startsWith(`${path}/`)),
    sizeOf: (path) => read().get(path) ?? 0,
    usedBytes: used,
    freeBytes: () => Math.max(0, capacity - used()),
    grow(path, bytes) {
      const files = read();
      const room = capacity - (used() - (files.get(path) ?? 0));
      files.set(path, Math.max(0, Math.min(bytes, room)));
      return bytes <= room;
    },
    rename(from, to) {
      const files = read();
      const bytes = files.get(from);
      if (bytes === undefined) return; // another pod of the same claim was faster
      files.set(to, bytes);
      files.delete(from);
    },
    remove: (path) => void read().delete(path),
    save,
  };
}
