import { claimNameOf } from "../claim-selection";
import { modelFileName } from "../file-name";
import type { FileSet } from "../file-set";
import { classifySource } from "../source";
import { HOST_FILE, singleFileScript } from "./download-script";
import type { StorageInput } from "./downloader-container";
import { buildDownloader, buildRefusal, caVolumes, envVar } from "./downloader-container";
import { multiFileParts } from "./multi-file";
import type { ModelStorage, PodVolume, VolumeMount } from "./model-storage";
import { CACHE_VOLUME, MODELS_DIR } from "./model-storage";
import { buildPrepContainer } from "./prep-container";
import { failingScript } from "./shell";
import { s3Env, transportOf } from "./transport";

const HOST_VOLUME = "host-model";
const WRITABLE: VolumeMount = { name: CACHE_VOLUME, mountPath: MODELS_DIR };

type Cached = StorageInput & { readonly key: string };

/** One file of a Model on the cache claim. */
export function buildCachedFile(input: Cached): ModelStorage {
  const { model } = input;
  const source = classifySource(model.spec.source);
  const directory = `${MODELS_DIR}/${input.key}`;
  const modelPath = `${directory}/${modelFileName(model)}`;
  const transport = transportOf(source);
  const host = source.kind === "local" ? source.path : null;
  const downloader = buildDownloader(input, {
    command: singleFileScript({
      transport,
      cached: true,
      revalidate: model.spec.refreshPolicy === "OnChange",
      customCa: input.settings.caCertConfigMap !== "",
    }),
    env: [
      envVar("MODEL_SOURCE", model.spec.source),
      envVar("CACHE_DIR", directory),
      envVar("MODEL_PATH", modelPath),
      ...s3Env(source, "S3_KEY"),
    ],
    mounts:
      host === null
        ? [WRITABLE]
        : [WRITABLE, { name: HOST_VOLUME, mountPath: HOST_FILE, readOnly: true }],
  });
  return onClaim(input, {
    extra: host === null ? [] : [{ name: HOST_VOLUME, hostPath: { path: host, type: "File" } }],
    downloader,
    modelPath,
    stagedDir: null,
  });
}

/** Several files of a Model on the cache claim, with their folders. */
export function buildCachedFiles(
  input: Cached,
  files: Extract<FileSet, { kind: "multi" }>,
): ModelStorage {
  const directory = `${MODELS_DIR}/${input.key}`;
  const downloader = buildDownloader(input, {
    ...multiFileParts(input, files, directory),
    mounts: [WRITABLE],
  });
  return onClaim(input, {
    extra: [],
    downloader,
    modelPath: `${directory}/${files.primary}`,
    stagedDir: directory,
  });
}

/** A Model whose files cannot be staged: the pod fails at once and says why. */
export function buildCachedRefusal(input: Cached, message: string): ModelStorage {
  return {
    volumes: [claimVolume(input)],
    initContainers: [
      buildRefusal(input.settings, failingScript(`ERROR: InvalidFileSet ${message}`)),
    ],
    mounts: [{ ...WRITABLE, readOnly: true }],
    modelPath: `${MODELS_DIR}/${input.key}/model.gguf`,
    stagedDir: null,
  };
}

type Parts = Pick<ModelStorage, "modelPath" | "stagedDir"> & {
  readonly extra: readonly PodVolume[];
  readonly downloader: ModelStorage["initContainers"][number];
};

function onClaim(input: Cached, { extra, downloader, modelPath, stagedDir }: Parts): ModelStorage {
  const { service, settings } = input;
  const fsGroup = service.spec.podSecurityContext?.fsGroup ?? settings.defaultFsGroup;
  return {
    volumes: [claimVolume(input), ...extra, ...caVolumes(settings)],
    initContainers: [buildPrepContainer(settings.initContainerImage, fsGroup), downloader],
    mounts: [{ ...WRITABLE, readOnly: true }],
    modelPath,
    stagedDir,
  };
}

/** Not read-only as a volume: the init containers write to it; only the serving mount is. */
function claimVolume({ service, settings }: StorageInput): PodVolume {
  return {
    name: CACHE_VOLUME,
    persistentVolumeClaim: { claimName: claimNameOf(service, settings) },
  };
}
