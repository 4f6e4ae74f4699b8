import type { Attachment, AttachmentState } from "@/server/contract/attachment";
import type { Finding, FindingCode } from "@/server/contract/finding";
import { isMetal } from "./cache-key";
import { declaredClaim } from "./claim-selection";
import type { ServiceFacts } from "./facts";
import { serviceFindings } from "./findings/find";
import type { InferenceService, Pod } from "./objects";
import { cacheClaimOf, initStatuses, isReady, isUnschedulable, podCondition } from "./pod-state";
import {
  desiredReplicas,
  draftUsesCache,
  expectedCacheClaim,
  isMissing,
  planOf,
  readyPods,
  rolledOutClaim,
  whenTrue,
} from "./service-state";
import { count, listNames, plain, quote } from "./wording";

/** Where a written attachment stands; the shape of a transition. */
export type AttachmentProgress = {
  readonly to: Extract<AttachmentState, "Applied" | "Effective" | "Ignored">;
  /** UpperCamelCase; in `Applied` what is waited for. */
  readonly reason: string;
  readonly message: string;
};

type Question = {
  readonly attachment: Attachment;
  /** As just read from the API server; its spec says what was asked for. */
  readonly service: InferenceService;
  /** From the watch caches; may lag behind `service`. */
  readonly facts: ServiceFacts;
};

/**
 * How far a wish has got that the spec says already: `Effective` once every ready pod, at least one, uses what was asked for and none
 * of an older template serves; `Ignored` when by the contract no pod ever will; else `Applied` with what it waits for. A service
 * without wanted pods stays `Applied`: nothing uses the claim yet.
 */
export function planProgress({ attachment, service, facts: cached }: Question): AttachmentProgress {
  const facts = { ...cached, service };
  return ignored(facts, attachment) ?? waiting(facts) ?? effective(facts);
}

function applied(reason: string, message: string): AttachmentProgress {
  return { to: "Applied", reason, message };
}

function ignored(facts: ServiceFacts, { claimName }: Attachment): AttachmentProgress | null {
  const plan = planOf(facts);
  if (claimName === null || plan.ignored === null || draftUsesCache(facts)) return null;
  // Until the Model is settled, a missing key may still come.
  if (plan.ignored.cause === "NoCacheKey" && facts.model?.status?.phase !== "Ready") return null;
  const finding = serviceFindings(facts).find(({ code }) => code === "ModelCacheClaimIgnored");
  const message = finding?.message ?? `Claim ${quote(claimName)} is not used.`;
  return { to: "Ignored", reason: plan.ignored.cause, message };
}

/** What is waited for, in the order in which it happens; null when nothing is. */
function waiting(facts: ServiceFacts): AttachmentProgress | null {
  return (
    waitingForClaim(facts) ??
    waitingForModel(facts) ??
    waitingForReplicas(facts) ??
    (hasPods(facts) ? (waitingForRollout(facts) ?? waitingForPods(facts)) : null)
  );
}

/** A host agent serves without any pod. */
function hasPods({ model }: ServiceFacts): boolean {
  return model === null || !isMetal(model);
}

function waitingForClaim(facts: ServiceFacts): AttachmentProgress | null {
  const claim = declaredClaim(facts.service);
  if (claim === null || !isMissing(facts, claim)) return null;
  return applied(
    "ClaimNotFound",
    `Written, but claim ${quote(claim)} does not exist; it takes effect once the claim is created.`,
  );
}

function waitingForModel({ service, model, draftModel }: ServiceFacts): AttachmentProgress | null {
  const name = quote(service.spec.modelRef);
  if (model === null) return applied("ModelNotFound", `Written; Model ${name} does not exist.`);
  const held = [model, draftModel].find(
    (candidate) => candidate !== null && candidate.status?.phase !== "Ready",
  );
  if (held === undefined || held === null) return null;
  return applied(
    "ModelNotReady",
    `Written; the operator waits for Model ${quote(held.metadata.name)}, which is ${plain(held.status?.phase ?? "not seen yet", 60)}.`,
  );
}

function waitingForReplicas(facts: ServiceFacts): AttachmentProgress | null {
  if (desiredReplicas(facts) > 0) return null;
  return facts.service.spec.suspend === true
    ? applied(
        "Suspended",
        "Written; the service is suspended, so it takes effect when it is resumed.",
      )
    : applied(
        "ScaledToZero",
        "Written; the service has no replicas, so it takes effect when it is scaled up.",
      );
}

function waitingForRollout(facts: ServiceFacts): AttachmentProgress | null {
  const { deployment, service } = facts;
  const wanted = expectedCacheClaim(facts);
  if (deployment !== null && rolledOutClaim(facts) === wanted) return null;
  const deferred = whenTrue(service, "RolloutDeferred");
  if (deferred !== null) {
    return applied(
      "RolloutDeferred",
      `Written; the rollout waits until the pods are idle: ${plain(deferred.message)}`,
    );
  }
  const failure = isReportOutdated(service) ? null : obstacle(facts, REPORTED);
  if (failure !== null) return failure;
  return applied("RollingOut", "Written; waiting for the operator to roll it out.");
}

/** Whether the failure the operator reports is about a spec from before the latest change. */
function isReportOutdated(service: InferenceService): boolean {
  const reported = whenTrue(service, "Degraded")?.observedGeneration;
  const { generation } = service.metadata;
  return reported !== undefined && generation !== undefined && reported < generation;
}

/** What the operator, or nobody, says about a service that gets no pods. */
const REPORTED: ReadonlySet<FindingCode> = new Set(["NotHealed", "ServiceDegraded"] as const);
/** What keeps pods of the new template from becoming ready. */
const STOPPING: ReadonlySet<FindingCode> = new Set([
  "ClaimLost",
  "ClaimTerminating",
  "UnbindableModelCache",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "ProvisionerStuck",
  "ClaimPending",
  "ModelTransferOutOfSpace",
  "ModelSourceUntrusted",
  "ModelSourceUnauthorized",
  "ModelSourceNotFound",
  "ModelSourceUnreachable",
  "ModelTransferFailed",
] as const);

function obstacle(facts: ServiceFacts, codes: ReadonlySet<FindingCode>): AttachmentProgress | null {
  const stops = ({ code, severity }: Finding) => codes.has(code) && severity === "error";
  const finding = serviceFindings(facts).find(stops);
  return finding === undefined ? null : applied(finding.code, finding.message);
}

function waitingForPods(facts: ServiceFacts): AttachmentProgress | null {
  const wanted = expectedCacheClaim(facts);
  const ready = readyPods(facts);
  const old = ready.filter((pod) => cacheClaimOf(pod.spec) !== wanted);
  const current = facts.pods.filter(
    (pod) => cacheClaimOf(pod.spec) === wanted && pod.metadata.deletionTimestamp === undefined,
  );
  const starting = current.filter((pod) => !isReady(pod));
  if (current.length > starting.length && old.length === 0) return null;
  return (
    obstacle(facts, STOPPING) ?? (starting.length === 0 ? replacing(old) : startingUp(starting))
  );
}

function replacing(old: readonly Pod[]): AttachmentProgress {
  return old.length === 0
    ? applied("WaitingForPods", "Rolled out; waiting for the first pod.")
    : applied(
        "RollingOut",
        `Rolled out; ${count(old.length, "pod")} of the template before ${old.length === 1 ? "is" : "are"} still serving: ${listNames(old.map((pod) => pod.metadata.name))}.`,
      );
}

function startingUp(pods: readonly Pod[]): AttachmentProgress {
  const unplaced = pods.find(isUnschedulable);
  if (unplaced !== undefined) {
    const why = plain(podCondition(unplaced, "PodScheduled")?.message ?? "");
    const message = `Rolled out; no node takes pod ${quote(unplaced.metadata.name)}${why === "" ? "." : `: ${why}`}`;
    return applied("WaitingForPods", message);
  }
  const downloading = pods.find(isDownloading);
  if (downloading !== undefined) {
    return applied(
      "Downloading",
      `Rolled out; pod ${quote(downloading.metadata.name)} is bringing the model to the claim.`,
    );
  }
  return applied("WaitingForPods", `Rolled out; ${count(pods.length, "pod")} starting.`);
}

function isDownloading(pod: Pod): boolean {
  return initStatuses(pod).some(
    ({ name, state }) => /model-downloader/u.test(name) && state?.running !== undefined,
  );
}

function effective(facts: ServiceFacts): AttachmentProgress {
  const claim = expectedCacheClaim(facts);
  const pods = readyPods(facts).length;
  if (claim === null) {
    return { to: "Effective", reason: "NoClaim", message: "The service uses no cache claim." };
  }
  const who = pods === 1 ? "The ready pod mounts" : `All ${pods} ready pods mount`;
  return { to: "Effective", reason: "Mounted", message: `${who} claim ${quote(claim)}.` };
}
