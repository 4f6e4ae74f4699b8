import type { Container, ModelStorage, PodVolume, VolumeMount } from "./model-storage";

const PREFIX = "draft-";

export type MergedStorage = {
  readonly storage: ModelStorage;
  readonly draftPath: string | null;
  readonly draftDir: string | null;
};

/**
 * Adds the draft's storage to the target's in one pod. A volume of the same name and source is shared, else the draft's is renamed; a
 * mount path already taken moves below `/draft`; an init container that would do the same work again is left out.
 */
export function mergeDraft(target: ModelStorage, draft: ModelStorage): MergedStorage {
  const renamed = renameVolumes(target.volumes, draft.volumes);
  const added = draft.volumes
    .map((volume) => ({ ...volume, name: renamed.get(volume.name) ?? volume.name }))
    .filter((volume) => !target.volumes.some((own) => own.name === volume.name));
  const { mounts, moved } = placeMounts(target.mounts, draft.mounts, renamed);
  return {
    storage: {
      ...target,
      volumes: [...target.volumes, ...added],
      mounts: [...target.mounts, ...mounts],
      initContainers: [
        ...target.initContainers,
        ...draftContainers(target.initContainers, draft.initContainers, renamed),
      ],
    },
    draftPath: movedPath(draft.modelPath, moved),
    draftDir: movedPath(draft.stagedDir, moved),
  };
}

/** Old name → new name, for the draft's volumes that clash with another source. */
function renameVolumes(
  target: readonly PodVolume[],
  draft: readonly PodVolume[],
): ReadonlyMap<string, string> {
  const taken = new Set(target.map(({ name }) => name));
  const renamed = new Map<string, string>();
  for (const volume of draft) {
    const own = target.find(({ name }) => name === volume.name);
    if (own === undefined || same(own, volume)) continue;
    const name = freeName(`${PREFIX}${volume.name}`, taken);
    taken.add(name);
    renamed.set(volume.name, name);
  }
  return renamed;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let suffix = 2; taken.has(name); suffix += 1) name = `${wanted}-${suffix}`;
  return name;
}

type Placed = {
  readonly mounts: readonly VolumeMount[];
  /** Old mount path → new one. */
  readonly moved: ReadonlyMap<string, string>;
};

function placeMounts(
  target: readonly VolumeMount[],
  draft: readonly VolumeMount[],
  renamed: ReadonlyMap<string, string>,
): Placed {
  const moved = new Map<string, string>();
  const mounts: VolumeMount[] = [];
  for (const mount of draft) {
    const wanted = { ...mount, name: renamed.get(mount.name) ?? mount.name };
    const own = target.find(({ mountPath }) => mountPath === mount.mountPath);
    if (own === undefined) mounts.push(wanted);
    else if (!same(own, wanted)) {
      const mountPath = `/draft${mount.mountPath}`;
      moved.set(mount.mountPath, mountPath);
      mounts.push({ ...wanted, mountPath });
    }
  }
  return { mounts, moved };
}

/** Mount paths inside init containers stay: each has its own mounts. */
function draftContainers(
  target: readonly Container[],
  draft: readonly Container[],
  renamed: ReadonlyMap<string, string>,
): readonly Container[] {
  const taken = new Set(target.map(({ name }) => name));
  return draft
    .map((container) => withVolumeNames(container, renamed))
    .filter((container) => !target.some((own) => same({ ...own, name: container.name }, container)))
    .map((container) => ({ ...container, name: freeName(`${PREFIX}${container.name}`, taken) }));
}

function withVolumeNames(container: Container, renamed: ReadonlyMap<string, string>): Container {
  if (container.volumeMounts === undefined) return container;
  const volumeMounts = container.volumeMounts.map((mount) => ({
    ...mount,
    name: renamed.get(mount.name) ?? mount.name,
  }));
  return { ...container, volumeMounts };
}

function movedPath(path: string | null, moved: ReadonlyMap<string, string>): string | null {
  if (path === null) return null;
  const prefixes = [...moved.keys()]
    .filter((from) => path === from || path.startsWith(`${from}/`))
    .sort((a, b) => b.length - a.length);
  const [longest] = prefixes;
  return longest === undefined ? path : (moved.get(longest) ?? "") + path.slice(longest.length);
}

/** Both sides are built by the same builders, so equal objects have their fields in the same order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
