import type { InferenceService } from "./objects";
import { ownerReference, selectorLabels } from "./service-labels";

const DEFAULT_PORT = 8080;
const DEFAULT_PATH = "/v1/chat/completions";

/** Name of the Service in front of the pods; a Service may not have dots in its name. */
export function serviceObjectName(service: InferenceService): string {
  return service.metadata.name.replaceAll(".", "-");
}

/** The address under which the service answers inside the cluster. */
export function serviceEndpoint(service: InferenceService): string {
  const { port = DEFAULT_PORT, path = DEFAULT_PATH } = service.spec.endpoint ?? {};
  const host = `${serviceObjectName(service)}.${service.metadata.namespace}.svc.cluster.local`;
  return `http://${host}:${port}${path}`;
}

/** The Service of an InferenceService. Its port follows `endpoint.port` only, never the engine's own. */
export function buildServiceObject(service: InferenceService) {
  const { port = DEFAULT_PORT, type = "ClusterIP", nodePort } = service.spec.endpoint ?? {};
  const exposed = type !== "ClusterIP" && nodePort !== undefined;
  return {
    apiVersion: "v1" as const,
    kind: "Service" as const,
    metadata: {
      name: serviceObjectName(service),
      namespace: service.metadata.namespace,
      labels: selectorLabels(service),
      ownerReferences: [ownerReference(service)],
    },
    spec: {
      type,
      selector: selectorLabels(service),
      ports: [
        {
          name: "http",
          protocol: "TCP",
          port,
          targetPort: port,
          ...(exposed ? { nodePort } : {}),
        },
      ],
    },
  };
}
