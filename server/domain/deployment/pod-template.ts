import type { StorageInput } from "../model-storage/downloader-container";
import { buildModelStorage } from "../model-storage/build-model-storage";
import { mergeDraft } from "../model-storage/merge-draft";
import type { Container, EnvVar, ModelStorage } from "../model-storage/model-storage";
import type { InferenceService, Model, PodTemplate } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { runtimeOf } from "../claim-selection";
import { workloadLabels } from "../service-labels";
import type { Backend } from "./backends";
import { containerPort } from "./backends";
import { draftFile } from "./draft-model";
import { deviceClaims } from "./gpu";
import type { GpuShare } from "./gpu-share";
import { buildPlacement } from "./placement";
import { buildProbes } from "./probes";
import { buildResources } from "./resources";
import { containerSecurity, podSecurity } from "./security";

export type TemplateInput = StorageInput & {
  readonly backend: Backend;
  readonly image: string;
  readonly share: GpuShare;
  /** The Model of `draftModelRef`, when the service loads one. */
  readonly draft: Model | null;
};

type Staged = { readonly storage: ModelStorage; readonly draftPath: string | null };

/** The pod template of the service's Deployment. Equal input gives an equal template. */
export function buildPodTemplate(input: TemplateInput): PodTemplate {
  const { service, model, settings, backend } = input;
  const staged = stage(input);
  const volumes = [...staged.storage.volumes, ...(service.spec.extraVolumes ?? [])];
  const { initContainers } = staged.storage;
  const resourceClaims = deviceClaims(model);
  return {
    metadata: {
      labels: { ...service.spec.podLabels, ...workloadLabels(service) },
      ...annotations(service, settings, containerPort(service, backend)),
    },
    spec: {
      ...(volumes.length === 0 ? {} : { volumes }),
      ...(initContainers.length === 0 ? {} : { initContainers }),
      containers: [servingContainer(input, staged)],
      ...(resourceClaims.length === 0 ? {} : { resourceClaims }),
      securityContext: podSecurity(service, model, settings),
      ...buildPlacement(service, model, input.share),
      priorityClassName: priorityClassName(service),
      ...(backend.serviceLinks ? {} : { enableServiceLinks: false }),
    },
  };
}

function stage(input: TemplateInput): Staged {
  const storage = buildModelStorage(input);
  const file = draftFile(input.service);
  if (file !== null && storage.stagedDir !== null) {
    return { storage, draftPath: `${storage.stagedDir}/${file}` };
  }
  if (input.draft === null) return { storage, draftPath: null };
  return mergeDraft(storage, buildModelStorage({ ...input, model: input.draft }));
}

function servingContainer(input: TemplateInput, { storage, draftPath }: Staged): Container {
  const { service, model, backend } = input;
  const port = containerPort(service, backend);
  const { modelPath, stagedDir } = storage;
  const { command: own = [] } = service.spec;
  const command = own.length > 0 ? own : backend.command;
  const args = backend.args({ service, model, port, modelPath, stagedDir, draftPath });
  const env = [...tokenEnv(service, backend), ...backend.env, ...(service.spec.env ?? [])];
  const mounts = [...storage.mounts, ...(service.spec.extraVolumeMounts ?? [])];
  return {
    name: backend.container,
    image: input.image,
    ...(command === null ? {} : { command }),
    ...(args.length === 0 ? {} : { args }),
    ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
    ...(env.length === 0 ? {} : { env }),
    resources: buildResources(service, model, input.share),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
    ...buildProbes(service, backend.checks(port)),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: containerSecurity(service),
  };
}

function tokenEnv(service: InferenceService, backend: Backend): readonly EnvVar[] {
  if (backend.tokenVariable === null || backend.configField === null) return [];
  const config = service.spec[backend.configField] as
    // The schema of the service says so for each engine's own block.
    { readonly hfTokenSecretRef?: { readonly name: string; readonly key: string } } | undefined;
  const secret = config?.hfTokenSecretRef;
  if (secret === undefined) return [];
  return [{ name: backend.tokenVariable, valueFrom: { secretKeyRef: secret } }];
}

/** The pod is not to be disrupted while it loads; the mark stays, because taking it off would roll the pods. */
function annotations(service: InferenceService, settings: OperatorSettings, port: number) {
  const disruption = service.spec["disruption"] as
    { readonly protectStartup?: boolean; readonly protectAlways?: boolean } | undefined;
  const guarded = disruption?.protectAlways === true || disruption?.protectStartup !== false;
  const all = {
    ...(guarded ? { "karpenter.sh/do-not-disrupt": "true" } : {}),
    ...(settings.emitScrapeAnnotations ? scrape(service, port) : {}),
    ...service.spec.podAnnotations,
  };
  return Object.keys(all).length === 0 ? {} : { annotations: all };
}

function scrape(service: InferenceService, port: number): Readonly<Record<string, string>> {
  if (runtimeOf(service) === "generic") return {};
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": String(port),
    "prometheus.io/path": "/metrics",
  };
}

function priorityClassName({ spec }: InferenceService): string {
  const named = spec.priorityClassName ?? "";
  return named === "" ? `llmkube-${spec.priority ?? "normal"}` : named;
}
