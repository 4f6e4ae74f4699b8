import { createHash } from "node:crypto";

import { isMetal } from "./cache-key";
import {
  declaredClaim,
  draftUsesCache,
  isEphemeral,
  planClaim,
  stagesModel,
} from "./claim-selection";
import type { Improvements } from "./improvements";
import type { InferenceService, KubeEvent, Model } from "./objects";
import type { OperatorSettings } from "./operator-settings";
import { classifySource } from "./source";
import { CPU_OFFLOAD, offloadsToCpu } from "./status/spec-advice";

/** What the operator has to say about a service, once for each reason and text. */
export type OperatorEvent = {
  readonly type: "Warning" | "Normal";
  readonly reason: string;
  readonly message: string;
};

export const EVENT_RECORDER = "inferenceservice-controller";
const MAX_MESSAGE = 1024;
const MAX_NAME = 253;
const REPEAT_EVERY_MS = 5 * 60_000;

type Subject = {
  readonly service: InferenceService;
  readonly model: Model;
  readonly draft: Model | null;
  readonly settings: OperatorSettings;
  readonly improvements: Improvements;
};

/** The user's claim is not there. */
export function claimMissingEvent(service: InferenceService, claim: string): OperatorEvent {
  const { namespace } = service.metadata;
  return warning(
    "ModelCachePVCNotFound",
    `There is no claim "${claim}" in namespace "${namespace}", which spec.modelCache.claimName asks for. Create it, or take the field out`,
  );
}

/** Advice about a service whose Model is ready: what is ignored, unbounded or likely not meant. */
export function planAdviceEvents(subject: Subject): readonly OperatorEvent[] {
  return [
    ignoredEvent(subject),
    unboundedEvent(subject),
    missingMemoryEvent(subject),
    missingSkipEvent(subject),
    offloadsToCpu(subject.service) ? { type: "Warning" as const, ...CPU_OFFLOAD } : null,
  ].filter((event) => event !== null);
}

function ignoredEvent(subject: Subject): OperatorEvent | null {
  const { service, model, improvements } = subject;
  const { ignored } = planClaim(subject);
  if (ignored?.event !== true || declaredClaim(service) === null) return null;
  // LLMKube says so of a claim that holds the draft, too.
  if (improvements.has("ObservedState") && draftUsesCache(subject)) return null;
  const ignoredBecause = (why: string) =>
    warning("ModelCacheClaimIgnored", `spec.modelCache.claimName has no effect: ${why}`);
  if (ignored.cause === "PreStaged") {
    return ignoredBecause(
      `the model source "${model.spec.source}" is on a claim of its own, which is mounted read-only; nothing is downloaded`,
    );
  }
  if (ignored.cause === "CachingDisabled") {
    return ignoredBecause(
      "the operator runs with model caching switched off (--model-cache-path is empty); each new pod downloads the weights again",
    );
  }
  return ignoredBecause(
    `model "${model.metadata.name}" has no cache key (a local source, a repository without spec.files, or a Model not resolved yet); weights are not kept beyond the pod`,
  );
}

function unboundedEvent({ service }: Subject): OperatorEvent | null {
  const budget = service.spec.resources?.ephemeralStorage ?? "";
  if (!isEphemeral(service) || budget !== "") return null;
  return warning(
    "UnboundedEphemeralCache",
    "The cache is Ephemeral and spec.resources.ephemeralStorage is not set: weights fill the node's own disk without a limit that the scheduler knows of. Set it above the size of the model",
  );
}

function missingMemoryEvent({ service }: Subject): OperatorEvent | null {
  const { spec } = service;
  const offloads = spec["moeCPUOffload"] === true || spec["noKvOffload"] === true;
  const { memory = "", hostMemory = "" } = spec.resources ?? {};
  if (!offloads || memory !== "" || hostMemory !== "") return null;
  return warning(
    "MissingMemoryRequest",
    "Work is moved from the GPU to the host, which takes much memory, but neither resources.memory nor resources.hostMemory is set",
  );
}

/** Also said of a repository whose files are staged, as LLMKube does; LLMKube says it of pods without init containers, too. */
function missingSkipEvent({ service, model, improvements }: Subject): OperatorEvent | null {
  const repository = classifySource(model.spec.source).kind === "repository";
  if (!repository || service.spec.skipModelInit === true) return null;
  const pointless = !stagesModel(service) || isMetal(model);
  if (pointless && improvements.has("ObservedState")) return null;
  return warning(
    "MissingSkipModelInit",
    "The model source is a repository that the engine can fetch by itself; set spec.skipModelInit to true unless its files are to be staged",
  );
}

/** The Event object for what is said of a service. Its name follows from service, reason and text: saying it again makes no second one. */
export function buildServiceEvent(service: InferenceService, event: OperatorEvent, now: string) {
  const { name, namespace, uid } = service.metadata;
  const message = event.message.slice(0, MAX_MESSAGE);
  const suffix = createHash("sha256")
    .update([uid, event.reason, message].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return {
    apiVersion: "v1" as const,
    kind: "Event" as const,
    metadata: { name: `${name.slice(0, MAX_NAME - suffix.length - 1)}.${suffix}`, namespace },
    involvedObject: {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "InferenceService",
      name,
      namespace,
      uid,
    },
    type: event.type,
    reason: event.reason,
    message,
    action: "Reconcile",
    eventTime: microTime(now),
    reportingComponent: EVENT_RECORDER,
    reportingInstance: `${EVENT_RECORDER}-mooring`,
  };
}

/** How often the event was seen, one more; null while it is too soon to say so again. */
export function planEventRepeat(event: KubeEvent, now: string) {
  const last =
    event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp;
  if (Date.parse(now) - Date.parse(last) < REPEAT_EVERY_MS) return null;
  return { series: { count: (event.series?.count ?? 1) + 1, lastObservedTime: microTime(now) } };
}

/** RFC 3339 with the six digits of a Kubernetes MicroTime. */
function microTime(now: string): string {
  return new Date(now).toISOString().replace("Z", "000Z");
}

function warning(reason: string, message: string): OperatorEvent {
  return { type: "Warning", reason, message };
}
