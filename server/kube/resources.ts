import type { ObjectKey } from "@/server/contract/service-view";
import { AppError } from "@/server/errors";
import { kindOfPlural, type WritablePlural } from "@/server/ports";

export type Resource = {
  readonly plural: WritablePlural;
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
};

const GROUPS: Readonly<Record<WritablePlural, { group: string; version: string }>> = {
  inferenceservices: { group: "inference.llmkube.dev", version: "v1alpha1" },
  models: { group: "inference.llmkube.dev", version: "v1alpha1" },
  persistentvolumeclaims: { group: "", version: "v1" },
  persistentvolumes: { group: "", version: "v1" },
  storageclasses: { group: "storage.k8s.io", version: "v1" },
  nodes: { group: "", version: "v1" },
  pods: { group: "", version: "v1" },
  deployments: { group: "apps", version: "v1" },
  jobs: { group: "batch", version: "v1" },
  events: { group: "", version: "v1" },
  namespaces: { group: "", version: "v1" },
  resourcequotas: { group: "", version: "v1" },
  limitranges: { group: "", version: "v1" },
  services: { group: "", version: "v1" },
  endpointslices: { group: "discovery.k8s.io", version: "v1" },
  horizontalpodautoscalers: { group: "autoscaling", version: "v2" },
};

const KINDS: Readonly<Record<WritablePlural, string>> = {
  ...kindOfPlural,
  services: "Service",
  endpointslices: "EndpointSlice",
  horizontalpodautoscalers: "HorizontalPodAutoscaler",
};

const CLUSTER_SCOPED: ReadonlySet<WritablePlural> = new Set([
  "persistentvolumes",
  "storageclasses",
  "nodes",
  "namespaces",
]);

/** Where the API server keeps a kind. */
export function resourceOf(plural: WritablePlural): Resource {
  return {
    plural,
    kind: KINDS[plural],
    ...GROUPS[plural],
    namespaced: !CLUSTER_SCOPED.has(plural),
  };
}

/** `apiVersion` of its objects. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Path of the list; all namespaces when `namespace` is null. */
export function collectionPath(resource: Resource, namespace: string | null): string {
  const root = `${resource.group === "" ? "/api" : "/apis"}/${apiVersionOf(resource)}`;
  const scope =
    resource.namespaced && namespace !== null ? `/namespaces/${segment(namespace)}` : "";
  return `${root}${scope}/${resource.plural}`;
}

/** Path of one object. */
export function objectPath(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${collectionPath(resource, namespace)}/${segment(name)}`;
}

/** One path segment, whatever a user wrote: it can never lead to another resource. */
function segment(name: string): string {
  if (name === "" || name === "." || name === "..") {
    throw new AppError("Invalid", `"${name}" is not a name`);
  }
  return encodeURIComponent(name);
}
