import type { PvcSource } from "../source";
import type { ModelStorage } from "./model-storage";
import { SOURCE_VOLUME } from "./model-storage";

export const SOURCE_DIR = "/model-source";

/** A `pvc://` Model: the claim is mounted read-only and nothing is fetched. */
export function buildPreStaged({ claim, path }: PvcSource): ModelStorage {
  return {
    volumes: [{ name: SOURCE_VOLUME, persistentVolumeClaim: { claimName: claim, readOnly: true } }],
    initContainers: [],
    mounts: [{ name: SOURCE_VOLUME, mountPath: SOURCE_DIR, readOnly: true }],
    modelPath: `${SOURCE_DIR}/${path}`,
    stagedDir: null,
  };
}
