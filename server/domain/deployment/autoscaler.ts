import type { InferenceService } from "../objects";
import { parseQuantity } from "../quantity";
import { ownerReference, selectorLabels } from "../service-labels";
import { backendOf } from "./backends";

/** Requests in progress per pod that a service is scaled by when it names no metric. */
const DEFAULT_TARGET = "2";

type Metric = NonNullable<NonNullable<InferenceService["spec"]["autoscaling"]>["metrics"]>[number];
type AutoscalingSpec = NonNullable<InferenceService["spec"]["autoscaling"]>;

/** A HorizontalPodAutoscaler as it is applied. */
export type Autoscaler = ReturnType<typeof around>;

/** The autoscaler of a service; null while it is not to have one: it would bring a suspended service back. */
export function buildAutoscaler(service: InferenceService): Autoscaler | null {
  const { autoscaling, suspend } = service.spec;
  return autoscaling === undefined || suspend === true ? null : around(service, autoscaling);
}

/** The first metric that no autoscaler can follow, in words; null when all can be. The schema lets any text through. */
export function autoscalerFault({ spec }: InferenceService): string | null {
  for (const [position, { type, targetAverageValue: target }] of metricsOf(spec).entries()) {
    const field = `spec.autoscaling.metrics[${position}].targetAverageValue`;
    if (type !== "Pods") continue;
    if (target === undefined) return `${field} is needed`;
    if (parseQuantity(target) === null) return `${field} "${target}" is not a quantity`;
  }
  return null;
}

function metricsOf({ autoscaling }: InferenceService["spec"]): readonly Metric[] {
  return autoscaling?.metrics ?? [];
}

function around(
  service: InferenceService,
  { minReplicas, maxReplicas, metrics = [] }: AutoscalingSpec,
) {
  const { name, namespace } = service.metadata;
  const load = pods(backendOf(service).load, DEFAULT_TARGET);
  return {
    apiVersion: "autoscaling/v2" as const,
    kind: "HorizontalPodAutoscaler" as const,
    metadata: {
      name,
      namespace,
      labels: selectorLabels(service),
      ownerReferences: [ownerReference(service)],
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: minReplicas ?? 1,
      maxReplicas,
      metrics: metrics.length === 0 ? [load] : metrics.flatMap(metricOf),
    },
  };
}

type PodsMetric = {
  readonly type: "Pods";
  readonly pods: {
    readonly metric: { readonly name: string };
    readonly target: { readonly type: "AverageValue"; readonly averageValue: string };
  };
};
type ResourceMetric = {
  readonly type: "Resource";
  readonly resource: {
    readonly name: string;
    readonly target: { readonly type: "Utilization"; readonly averageUtilization: number };
  };
};

/** A resource without a target means nothing and is left out, as LLMKube does. */
function metricOf(metric: Metric): readonly (PodsMetric | ResourceMetric)[] {
  const { type, name, targetAverageValue = "", targetAverageUtilization: percent } = metric;
  if (type === "Pods") return [pods(name, targetAverageValue)];
  if (type !== "Resource" || percent === undefined) return [];
  const target = { type: "Utilization" as const, averageUtilization: percent };
  return [{ type: "Resource", resource: { name, target } }];
}

function pods(name: string, averageValue: string): PodsMetric {
  return {
    type: "Pods",
    pods: { metric: { name }, target: { type: "AverageValue", averageValue } },
  };
}
