import { effectiveKey } from "../cache-key";
import { stagesModel, wantsCache } from "../claim-selection";
import { planFileSet } from "../file-set";
import { classifySource, pvcSource } from "../source";
import { buildCachedFile, buildCachedFiles, buildCachedRefusal } from "./cached";
import type { StorageInput } from "./downloader-container";
import { isAllowedPath } from "./local-source";
import type { ModelStorage } from "./model-storage";
import { MODELS_DIR, NO_STORAGE } from "./model-storage";
import { buildPreStaged } from "./pre-staged";
import { buildScratchFile, buildScratchFiles, buildScratchRefusal, stem } from "./scratch";

/** Volumes, init containers and mounts that bring the Model's weights to the service's pods. The first rule that applies decides. */
export function buildModelStorage(input: StorageInput): ModelStorage {
  const { service, model, settings } = input;
  if (!stagesModel(service)) return NO_STORAGE;
  const source = classifySource(model.spec.source);
  if (source.kind === "local" && !isAllowedPath(source.path, settings.allowedHostPathRoots)) {
    return buildScratchRefusal(input, {
      message: `ERROR: SourceNotAllowed "${model.spec.source}" is in no folder that --allowed-host-path-roots names`,
      modelPath: `${MODELS_DIR}/model.gguf`,
    });
  }
  const preStaged = pvcSource(model.spec.source);
  if (preStaged !== null) return buildPreStaged(preStaged);
  const key = effectiveKey(model);
  return key !== null && wantsCache(input) ? cached({ ...input, key }) : scratch(input);
}

function cached(input: StorageInput & { readonly key: string }): ModelStorage {
  const files = planFileSet(input.model);
  if (files.kind === "invalid") return buildCachedRefusal(input, files.message);
  return files.kind === "multi" ? buildCachedFiles(input, files) : buildCachedFile(input);
}

function scratch(input: StorageInput): ModelStorage {
  const files = planFileSet(input.model);
  if (files.kind === "invalid") {
    return buildScratchRefusal(input, {
      message: `ERROR: InvalidFileSet ${files.message}`,
      modelPath: `${stem(input)}/model.gguf`,
    });
  }
  return files.kind === "multi" ? buildScratchFiles(input, files) : buildScratchFile(input);
}
