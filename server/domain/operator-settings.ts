import type { Improvements } from "./improvements";

/** The operator's own settings that decide where weights go; LLMKube's flags, `contract.md` §6.5. */
export type OperatorSettings = {
  /** `--model-cache-path`; only whether it is empty counts: empty turns caching off. */
  readonly cachePath: string;
  readonly cacheMode: "shared" | "perService";
  /** A Kubernetes quantity. */
  readonly cacheSize: string;
  /** "" leaves the class to the cluster's default. */
  readonly cacheStorageClass: string;
  readonly cacheAccessMode: "ReadWriteOnce" | "ReadWriteMany";
  readonly initContainerImage: string;
  readonly defaultFsGroup: number;
  readonly caCertConfigMap: string;
  readonly allowedHostPathRoots: readonly string[];
  readonly allowedRemoteHosts: readonly string[];
  /** `--model-revalidate-interval`: how often the sources of Ready Models are asked whether they changed; 0 never. */
  readonly revalidateIntervalMs: number;
  readonly driRenderGid: number;
  readonly emitScrapeAnnotations: boolean;
  /** runtime name → image, `--runtime-images`. */
  readonly runtimeImages: Readonly<Record<string, string>>;
  /** Labels of the nodes whose GPUs are shared, `--gpu-sharing-shared-pool-selector`; none means no such nodes. */
  readonly sharedGpuPool: Readonly<Record<string, string>>;
  /** Where a claim has to exist before pods are made: as LLMKube, which also asks where nothing mounts it, or only where a pod mounts it. No flag. */
  readonly claimRule: "asLLMKube" | "whereMounted";
  /** Settings that could not be read; LLMKube's defaults stand in for them, and what depends on them is unknown. */
  readonly unknown: readonly OperatorSettingName[];
};

/** A setting that one of LLMKube's flags decides. */
export type OperatorSettingName = Exclude<keyof OperatorSettings, "claimRule" | "unknown">;

export const DEFAULT_OPERATOR_SETTINGS: OperatorSettings = {
  cachePath: "/models",
  cacheMode: "shared",
  cacheSize: "100Gi",
  cacheStorageClass: "",
  cacheAccessMode: "ReadWriteOnce",
  initContainerImage: "docker.io/curlimages/curl:8.18.0",
  defaultFsGroup: 102,
  caCertConfigMap: "",
  allowedHostPathRoots: [],
  allowedRemoteHosts: [],
  revalidateIntervalMs: 3_600_000,
  driRenderGid: 0,
  emitScrapeAnnotations: false,
  runtimeImages: {},
  sharedGpuPool: {},
  claimRule: "asLLMKube",
  unknown: [],
};

/** Where the built-in operator requires a claim. */
export function claimRuleOf(improvements: Improvements): OperatorSettings["claimRule"] {
  return improvements.has("ClaimWhereMounted") ? "whereMounted" : "asLLMKube";
}

/** The built-in operator asks no source unless it is told to. */
export const BUILTIN_REVALIDATE_INTERVAL_MS = 0;
