import type { InferenceService, Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { CUSTOM_CERTS_DIR } from "./download-functions";
import type { Container, EnvVar, PodVolume, VolumeMount } from "./model-storage";
import { DOWNLOADER_CONTAINER } from "./model-storage";

export const CA_VOLUME = "custom-ca-cert";

export type StorageInput = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly settings: OperatorSettings;
};

type Downloader = {
  readonly command: string;
  readonly env: readonly EnvVar[];
  readonly mounts: readonly VolumeMount[];
};

/** The container that brings the weights; it may not write anywhere but to its mounts and its own temp folder. */
export function buildDownloader(input: StorageInput, parts: Downloader): Container {
  const { model, settings } = input;
  const secret = model.spec.sourceSecretRef?.name ?? "";
  return {
    name: DOWNLOADER_CONTAINER,
    image: settings.initContainerImage,
    command: ["sh", "-c", parts.command],
    env: parts.env,
    ...(secret === "" ? {} : { envFrom: [{ secretRef: { name: secret } }] }),
    volumeMounts: [
      ...parts.mounts,
      ...(settings.caCertConfigMap === ""
        ? []
        : [{ name: CA_VOLUME, mountPath: CUSTOM_CERTS_DIR, readOnly: true }]),
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: downloaderSecurity(input.service),
  };
}

/** The ConfigMap with extra certificates; it has to be in the workload's own namespace. */
export function caVolumes(settings: OperatorSettings): readonly PodVolume[] {
  if (settings.caCertConfigMap === "") return [];
  return [{ name: CA_VOLUME, configMap: { name: settings.caCertConfigMap } }];
}

/** A container that only says what is wrong and fails. */
export function buildRefusal(settings: OperatorSettings, command: string): Container {
  return {
    name: DOWNLOADER_CONTAINER,
    image: settings.initContainerImage,
    command: ["sh", "-c", command],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

/** An environment variable; an empty value is left out, as the API server does. */
export function envVar(name: string, value: string): EnvVar {
  return value === "" ? { name } : { name, value };
}

function downloaderSecurity(service: InferenceService): NonNullable<Container["securityContext"]> {
  const { runAsUser, runAsGroup } = service.spec.podSecurityContext ?? {};
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: false,
    capabilities: { drop: ["ALL"] },
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
  };
}
