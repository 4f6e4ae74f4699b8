import { planGpuShare, wholeGpu, type GpuShare } from "./deployment/gpu-share";
import { claimsDevices } from "./deployment/gpu";
import { buildPlacement } from "./deployment/placement";
import { buildResources } from "./deployment/resources";
import { type Amounts, plus, toAmounts } from "./node-room";
import type { Deployment, InferenceService, Model, Pod, PodSpec, Toleration } from "./objects";
import type { OperatorSettings } from "./operator-settings";
import { workloadLabels } from "./service-labels";

export type SpreadConstraint = NonNullable<PodSpec["topologySpreadConstraints"]>[number];

/** What decides on which node a pod of a service may run. */
export type PodRequirements = {
  readonly namespace: string;
  /** By which other pods, and its own constraints, know it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly affinity: NonNullable<PodSpec["affinity"]> | null;
  readonly topologySpread: readonly SpreadConstraint[];
  readonly tolerations: readonly Toleration[];
  readonly requests: Amounts;
  /** Pods of a lower one are ended where that makes room; null: the value of its priority class is not known. */
  readonly priority: number | null;
  /** What it also needs and nobody here can look at, each as half a sentence about the pod. */
  readonly unseen: readonly string[];
};

type Owner = {
  readonly service: InferenceService;
  readonly model: Model | null;
  readonly deployment: Deployment | null;
  /** The service's present pods: they show what the cluster adds to them. */
  readonly pods?: readonly Pod[];
  readonly surroundings?: { readonly settings: OperatorSettings };
};

/** Asks for nothing beyond what the service itself says. */
const NO_MODEL = { spec: { source: "" } } as Model; // the rules used here read only spec.hardware

/** The priority classes that come with LLMKube and with Kubernetes. */
const PRIORITIES: Readonly<Record<string, number>> = {
  "llmkube-critical": 1_000_000,
  "llmkube-high": 100_000,
  "llmkube-normal": 10_000,
  "llmkube-low": 1_000,
  "llmkube-batch": 100,
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

/**
 * What pods of the service ask of a node, by the operator's own rules and from the spec, so that a change not rolled out yet counts.
 * Only the labels of a shared GPU pool, which the operator chooses, come from the Deployment, and what a runtime class adds from the pods.
 */
export function buildPodRequirements(owner: Owner): PodRequirements {
  const { service, deployment } = owner;
  const model = owner.model ?? NO_MODEL;
  const share = shareOf(owner, model);
  const placement = buildPlacement(service, model, share);
  const example = newestSpec(owner.pods ?? []);
  const added = placement.runtimeClassName === undefined ? null : example;
  return {
    namespace: service.metadata.namespace,
    labels: { ...service.spec.podLabels, ...workloadLabels(service) },
    nodeSelector: { ...addedSelector(added, deployment), ...placement.nodeSelector },
    affinity: placement.affinity ?? null,
    topologySpread: placement.topologySpreadConstraints ?? [],
    tolerations: placement.tolerations ?? [],
    requests: requestsOf(service, { model, share, overhead: added?.overhead ?? {} }),
    priority: priorityOf(service, example),
    unseen: unseen(service, model, added),
  };
}

function newestSpec(pods: readonly Pod[]): PodSpec | null {
  return pods.at(-1)?.spec ?? null;
}

type Amounting = {
  readonly model: Model;
  readonly share: GpuShare;
  readonly overhead: Readonly<Record<string, string>>;
};

function requestsOf(service: InferenceService, { model, share, overhead }: Amounting): Amounts {
  const { limits, requests } = buildResources(service, model, share);
  return plus(toAmounts({ ...limits, ...requests }), toAmounts(overhead));
}

/** What cannot be had is asked for as a whole GPU: the pods that run do so. */
function shareOf({ service, deployment, surroundings }: Owner, model: Model): GpuShare {
  const set = surroundings?.settings.sharedGpuPool ?? {};
  const pool = Object.keys(set).length > 0 ? set : selectorOf(deployment);
  const share = planGpuShare(service, model, pool);
  return typeof share === "string" ? wholeGpu(model) : share;
}

function selectorOf(deployment: Deployment | null): Readonly<Record<string, string>> {
  return deployment?.spec?.template.spec?.nodeSelector ?? {};
}

/** Labels that a pod selects and its template does not: admission wrote them there, for the runtime class. */
function addedSelector(pod: PodSpec | null, deployment: Deployment | null) {
  const template = selectorOf(deployment);
  return Object.fromEntries(
    Object.entries(pod?.nodeSelector ?? {}).filter(([key]) => template[key] === undefined),
  );
}

function priorityOf({ spec }: InferenceService, example: PodSpec | null): number | null {
  const named = spec.priorityClassName ?? "";
  const name = named === "" ? `llmkube-${spec.priority ?? "normal"}` : named;
  const seen = example?.priorityClassName === name ? example.priority : undefined;
  return seen ?? PRIORITIES[name] ?? null;
}

/** The priority of a pod that runs; without a class it has the lowest. */
export function priorityOfPod({ spec }: Pod): number {
  return spec?.priority ?? PRIORITIES[spec?.priorityClassName ?? ""] ?? 0;
}

function unseen({ spec }: InferenceService, model: Model, added: PodSpec | null): string[] {
  const byClass =
    spec.runtimeClassName !== undefined && added === null
      ? [`its runtime class "${spec.runtimeClassName}" may ask for more of a node`]
      : [];
  return claimsDevices(model)
    ? [...byClass, "it gets its devices through resource claims"]
    : byClass;
}
