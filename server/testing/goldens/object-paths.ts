import type { GoldenCase, JsonObject, Step } from "./golden-case";
import { field, text } from "./golden-case";

const KINDS: Readonly<Record<string, { readonly base: string; readonly plural: string }>> = {
  InferenceService: { base: "/apis/inference.llmkube.dev/v1alpha1", plural: "inferenceservices" },
  Model: { base: "/apis/inference.llmkube.dev/v1alpha1", plural: "models" },
  Namespace: { base: "/api/v1", plural: "namespaces" },
  PersistentVolume: { base: "/api/v1", plural: "persistentvolumes" },
  PersistentVolumeClaim: { base: "/api/v1", plural: "persistentvolumeclaims" },
  Secret: { base: "/api/v1", plural: "secrets" },
  ConfigMap: { base: "/api/v1", plural: "configmaps" },
  StorageClass: { base: "/apis/storage.k8s.io/v1", plural: "storageclasses" },
  PriorityClass: { base: "/apis/scheduling.k8s.io/v1", plural: "priorityclasses" },
  Node: { base: "/api/v1", plural: "nodes" },
  Pod: { base: "/api/v1", plural: "pods" },
  Service: { base: "/api/v1", plural: "services" },
  ServiceAccount: { base: "/api/v1", plural: "serviceaccounts" },
  Event: { base: "/api/v1", plural: "events" },
  Deployment: { base: "/apis/apps/v1", plural: "deployments" },
  ReplicaSet: { base: "/apis/apps/v1", plural: "replicasets" },
  Job: { base: "/apis/batch/v1", plural: "jobs" },
  HorizontalPodAutoscaler: { base: "/apis/autoscaling/v2", plural: "horizontalpodautoscalers" },
  EndpointSlice: { base: "/apis/discovery.k8s.io/v1", plural: "endpointslices" },
};
const CLUSTER_SCOPED = new Set([
  "namespaces",
  "nodes",
  "persistentvolumes",
  "priorityclasses",
  "storageclasses",
]);
/** Path of the object that a step names; in the case's own namespace unless it says another. */
export function pathTo(golden: GoldenCase, object: JsonObject): string {
  const kind = KINDS[text(object["kind"])];
  if (kind === undefined) throw new Error(`the kind ${text(object["kind"])} is not known`);
  const name = text(object["name"]) || text(field(object["metadata"], "name"));
  const namespace = text(field(object["metadata"], "namespace")) || golden.namespace;
  const place = CLUSTER_SCOPED.has(kind.plural) ? "" : `/namespaces/${namespace}`;
  return `${kind.base}${place}/${kind.plural}/${name}`;
}

/** Path of a cluster-wide object that the step made; the nodes stay. */
export function madeOutside(step: Step): readonly string[] {
  if (step.kind !== "apply") return [];
  const kind = KINDS[text(step.object["kind"])];
  if (kind === undefined || !CLUSTER_SCOPED.has(kind.plural)) return [];
  if (kind.plural === "namespaces" || kind.plural === "nodes") return [];
  return [`${kind.base}/${kind.plural}/${text(field(step.object["metadata"], "name"))}`];
}
