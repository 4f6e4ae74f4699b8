import { buildModelStorage } from "@/server/domain/model-storage/build-model-storage";
import type { Container } from "@/server/domain/model-storage/model-storage";
import type { InferenceService, Model } from "@/server/domain/objects";
import {
  DEFAULT_OPERATOR_SETTINGS,
  type OperatorSettings,
} from "@/server/domain/operator-settings";
import { aModel, anInferenceService } from "../builders";

/** The key directory of `initContainersOf`, below `models`. */
export const KEY = "0123456789abcdef";

export type StagedModel = {
  readonly model: Pick<Model["spec"], "source"> & Partial<Model["spec"]>;
  readonly service?: Partial<InferenceService["spec"]>;
  readonly settings?: Partial<OperatorSettings>;
  /** Without a key the weights go to space that ends with the pod. */
  readonly cacheKey?: string;
};

/** The init containers that the operator gives to a service of the Model `ml/phi`, its key `KEY` unless said otherwise. */
export function initContainersOf(staged: StagedModel): readonly Container[] {
  const { model, service, settings, cacheKey = KEY } = staged;
  const { initContainers } = buildModelStorage({
    service: { ...anInferenceService(), spec: { modelRef: "phi", ...service } },
    model: {
      ...aModel({ metadata: { name: "phi" } }),
      spec: model,
      status: cacheKey === "" ? {} : { cacheKey },
    },
    settings: { ...DEFAULT_OPERATOR_SETTINGS, ...settings },
  });
  return initContainers;
}

/** Of those, the one that downloads. */
export function downloaderOf(staged: StagedModel): Container {
  const found = initContainersOf(staged).find(({ name }) => name === "model-downloader");
  if (found === undefined) throw new Error("the pod has no downloader");
  return found;
}
