import type { Volume } from "./objects";

const HOSTNAME = "kubernetes.io/hostname";
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/** The part of a node's disk that a volume is on. */
export type LocalDisk = {
  readonly node: string;
  /** Directory of the volume. */
  readonly path: string;
  /** Directory in which the volume's own one was made. */
  readonly parent: string;
  /** Made on demand in a directory that all such volumes share; a volume made by hand may be a disk of its own. */
  readonly madeOnDemand: boolean;
};

/** Where on which node's disk the volume is; null for a volume that is not a directory of one known node. */
export function localDiskOf({ metadata, spec }: Volume): LocalDisk | null {
  const path = pathOf(spec);
  const node = onlyNodeOf(spec);
  if (path === "" || node === null) return null;
  const madeOnDemand = metadata.annotations?.[PROVISIONED_BY] !== undefined;
  return { node, path, parent: path.slice(0, path.lastIndexOf("/")) || "/", madeOnDemand };
}

function pathOf(spec: Volume["spec"]): string {
  const path = spec?.local?.path ?? spec?.hostPath?.path ?? "";
  return path.replace(/\/+$/u, "");
}

/** Whether two volumes are on one file system as far as their paths tell. */
export function shareDisk(a: LocalDisk, b: LocalDisk): boolean {
  if (a.node !== b.node) return false;
  return a.path === b.path || (a.madeOnDemand && b.madeOnDemand && a.parent === b.parent);
}

/** Whether the storage holds the volume to its size. A directory of a node or of an NFS export has no limit of its own. */
export function isSizeEnforced({ spec }: Volume): boolean {
  return spec?.local === undefined && spec?.hostPath === undefined && spec?.nfs === undefined;
}

/** The node's hostname that the volume's affinity requires; null unless it is exactly one. */
function onlyNodeOf(spec: Volume["spec"]): string | null {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const values = terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ key, operator, values: names = [] }) =>
      key === HOSTNAME && operator === "In" ? names : [],
    ),
  );
  const node = values[0] ?? "";
  return terms.length === 1 && values.length === 1 && node !== "" ? node : null;
}
