import type { PodSpec } from "../objects";

export type Container = PodSpec["containers"][number];
export type PodVolume = NonNullable<PodSpec["volumes"]>[number];
export type VolumeMount = NonNullable<Container["volumeMounts"]>[number];
export type EnvVar = NonNullable<Container["env"]>[number];

/** Where every builder puts the weights; the operator's cache path flag is only an on/off switch. */
export const MODELS_DIR = "/models";
export const CACHE_VOLUME = "model-cache";
export const SCRATCH_VOLUME = "model-storage";
export const SOURCE_VOLUME = "model-source";
export const PREP_CONTAINER = "model-cache-prep";
export const DOWNLOADER_CONTAINER = "model-downloader";

/** What a pod needs to have the weights of one Model. */
export type ModelStorage = {
  readonly volumes: readonly PodVolume[];
  readonly initContainers: readonly Container[];
  /** Mounts of the serving container; always read-only. */
  readonly mounts: readonly VolumeMount[];
  /** Path of the (primary) file in the serving container; null when nothing is staged. */
  readonly modelPath: string | null;
  /** Directory that holds all files of a multi-file Model; null otherwise. */
  readonly stagedDir: string | null;
};

export const NO_STORAGE: ModelStorage = {
  volumes: [],
  initContainers: [],
  mounts: [],
  modelPath: null,
  stagedDir: null,
};
