import type { AnyObject } from "../objects";
import { redactText } from "../wording";
import { yamlText } from "../yaml-text";

const NOT_SHOWN = new Set(["managedFields", "kubectl.kubernetes.io/last-applied-configuration"]);

/** The object as `kubectl get -o yaml` shows it, without managedFields and with the secrets in URLs masked. */
export function toYaml(kind: string, object: AnyObject): string {
  const { apiVersion, ...rest } = object;
  const { metadata, spec, status, ...others } = rest as typeof rest & {
    readonly spec?: unknown;
    readonly status?: unknown;
  };
  const ordered = {
    apiVersion: apiVersion ?? API_VERSIONS[kind] ?? "v1",
    ...others,
    kind,
    metadata: {
      ...metadata,
      namespace: metadata.namespace === "" ? undefined : metadata.namespace,
    },
    spec,
    status,
  };
  return yamlText(shown(ordered));
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  InferenceService: "inference.llmkube.dev/v1alpha1",
  Model: "inference.llmkube.dev/v1alpha1",
  Deployment: "apps/v1",
};

function shown(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => !NOT_SHOWN.has(key) && field !== undefined)
      .map(([key, field]) => [key, shown(field)]),
  );
}
