import { isEphemeral } from "../claim-selection";
import type { FileSet } from "../file-set";
import { classifySource } from "../source";
import { singleFileScript } from "./download-script";
import type { StorageInput } from "./downloader-container";
import { buildDownloader, buildRefusal, caVolumes, envVar } from "./downloader-container";
import type { ModelStorage, PodVolume, VolumeMount } from "./model-storage";
import { MODELS_DIR, SCRATCH_VOLUME } from "./model-storage";
import { multiFileParts } from "./multi-file";
import { failingScript } from "./shell";
import { s3Env, transportOf } from "./transport";

const WRITABLE: VolumeMount = { name: SCRATCH_VOLUME, mountPath: MODELS_DIR };
const SERVING: VolumeMount = { ...WRITABLE, readOnly: true };

/** One file of a Model on space that ends with the pod. */
export function buildScratchFile(input: StorageInput): ModelStorage {
  const { model, settings } = input;
  const source = classifySource(model.spec.source);
  const modelPath = `${stem(input)}.gguf`;
  const command =
    source.kind === "local"
      ? failingScript(
          `ERROR: the local source ${model.spec.source} can be staged on a cache claim only`,
        )
      : singleFileScript({
          transport: transportOf(source),
          cached: false,
          revalidate: model.spec.refreshPolicy === "OnChange",
          customCa: settings.caCertConfigMap !== "",
        });
  const env = [
    envVar("MODEL_SOURCE", model.spec.source),
    envVar("CACHE_DIR", ""),
    envVar("MODEL_PATH", modelPath),
    ...s3Env(source, "S3_KEY"),
  ];
  return {
    volumes: [scratchVolume(input), ...caVolumes(settings)],
    initContainers: [buildDownloader(input, { command, env, mounts: [WRITABLE] })],
    mounts: [SERVING],
    modelPath,
    stagedDir: null,
  };
}

/** Several files of a Model on space that ends with the pod. */
export function buildScratchFiles(
  input: StorageInput,
  files: Extract<FileSet, { kind: "multi" }>,
): ModelStorage {
  const directory = stem(input);
  const downloader = buildDownloader(input, {
    ...multiFileParts(input, files, directory),
    mounts: [WRITABLE],
  });
  return {
    volumes: [scratchVolume(input), ...caVolumes(input.settings)],
    initContainers: [downloader],
    mounts: [SERVING],
    modelPath: `${directory}/${files.primary}`,
    stagedDir: directory,
  };
}

/** A Model that cannot be staged: the pod fails at once and says why. */
export function buildScratchRefusal(
  input: StorageInput,
  refusal: { readonly message: string; readonly modelPath: string },
): ModelStorage {
  return {
    volumes: [{ name: SCRATCH_VOLUME, emptyDir: {} }],
    initContainers: [buildRefusal(input.settings, failingScript(refusal.message))],
    mounts: [SERVING],
    modelPath: refusal.modelPath,
    stagedDir: null,
  };
}

/** Path without extension; the namespace is in it because the name alone is not unique in logs of a node. */
export function stem({ service, model }: StorageInput): string {
  return `${MODELS_DIR}/${service.metadata.namespace}-${model.metadata.name}`;
}

/** Bounded only where the user asked for ephemeral space with a budget. */
function scratchVolume({ service }: StorageInput): PodVolume {
  const budget = service.spec.resources?.ephemeralStorage ?? "";
  const sizeLimit = isEphemeral(service) && budget !== "" ? { sizeLimit: budget } : {};
  return { name: SCRATCH_VOLUME, emptyDir: sizeLimit };
}
