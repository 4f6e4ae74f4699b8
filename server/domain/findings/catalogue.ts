import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { servingClaimFacts } from "../service-state";
import { claimDrift } from "./claim-drift";
import { claimInUseOnOtherNode } from "./claim-in-use-on-other-node";
import { claimLost } from "./claim-lost";
import { claimNodeMismatch } from "./claim-node-mismatch";
import { claimPending } from "./claim-pending";
import { claimReadOnly } from "./claim-read-only";
import { claimResize } from "./claim-resize";
import { claimTerminating } from "./claim-terminating";
import { claimVolumeMode } from "./claim-volume-mode";
import { concurrentDownload } from "./concurrent-download";
import { fieldOwnedByOther } from "./field-owned-by-other";
import { modelCacheClaimIgnored } from "./model-cache-claim-ignored";
import { modelCachePvcNotFound } from "./model-cache-pvc-not-found";
import { modelNotFound } from "./model-not-found";
import { modelNotReady } from "./model-not-ready";
import { notHealed } from "./not-healed";
import { podsRefused } from "./pods-refused";
import { replicasShareClaim } from "./replicas-share-claim";
import { rolloutDeadlock } from "./rollout-deadlock";
import { operatorSettingsUnknown } from "./operator-settings-unknown";
import { serviceDegraded } from "./service-degraded";
import { staleCacheKey } from "./stale-cache-key";
import { statusDisagreesWithPods } from "./status-disagrees-with-pods";
import { transferFailure } from "./transfer-failure";
import { unbindableModelCache } from "./unbindable-model-cache";
import { unboundedEphemeralCache } from "./unbounded-ephemeral-cache";

export type CatalogueEntry = {
  readonly code: FindingCode;
  readonly title: string;
  /** What it usually is; the finding says what it is in a case. */
  readonly severity: Severity;
  /** For the documentation: when it fires, why it matters, what follows. */
  readonly explanation: string;
  readonly ofService: ((facts: ServiceFacts) => Finding | null) | null;
  readonly ofClaim: ((facts: ClaimFacts) => Finding | null) | null;
};

type Rule<F> = (facts: F) => Finding | null;
type Text = Pick<CatalogueEntry, "title" | "severity" | "explanation">;

const service = (code: FindingCode, ofService: Rule<ServiceFacts>, text: Text): CatalogueEntry => ({
  code,
  ...text,
  ofService,
  ofClaim: null,
});

/** A rule about a claim also holds for each service that is served from it. */
const claim = (code: FindingCode, ofClaim: Rule<ClaimFacts>, text: Text): CatalogueEntry => ({
  code,
  ...text,
  ofClaim,
  ofService: (facts) => {
    const claimFacts = servingClaimFacts(facts);
    return claimFacts === null ? null : ofClaim(claimFacts);
  },
});

const transfer = (code: Parameters<typeof transferFailure>[0], text: Text): CatalogueEntry =>
  service(code, transferFailure(code), text);

/** Every finding, causes before consequences: among findings of one severity this order decides. */
export const catalogue: readonly CatalogueEntry[] = [
  service("ModelCachePVCNotFound", modelCachePvcNotFound, {
    title: "The claim does not exist",
    severity: "error",
    explanation:
      "spec.modelCache.claimName names a claim that is not in the service's namespace. A user-owned claim is never created by the operator, and there is no fallback to another cache: the service is Failed, and pods that run already keep serving from the old claim, because the Deployment is left untouched. LLMKube does not notice when the claim appears; the built-in operator does.",
  }),
  service("NotHealed", notHealed, {
    title: "The claim exists again, the service still failed",
    severity: "error",
    explanation:
      "The service failed because its claim was missing. The claim exists by now, but LLMKube does not watch claims and has not looked again. Any touch of the service heals it; Mooring sets an annotation for claims attached through it. Never shown with the built-in operator, which watches claims.",
  }),
  service("ModelNotFound", modelNotFound, {
    title: "The Model does not exist",
    severity: "error",
    explanation:
      "spec.modelRef, or the draft model of speculative decoding, names a Model that is not in the namespace. Not shown while Models may not be listed.",
  }),
  claim("ClaimLost", claimLost, {
    title: "The claim has lost its volume",
    severity: "error",
    explanation:
      "The claim was bound to a volume that no longer exists. It does not recover, and what it held is out of reach.",
  }),
  claim("ClaimTerminating", claimTerminating, {
    title: "The claim is being deleted",
    severity: "error",
    explanation:
      "The claim has a deletion timestamp and lives only until the last pod that mounts it ends. The operator does not look at it, so the next restart finds no claim.",
  }),
  claim("ClaimBlockVolume", claimVolumeMode, {
    title: "The claim is a raw block volume",
    severity: "error",
    explanation:
      "The claim's volumeMode is Block, so there is no file system that pods could mount and the operator could write a model to. The operator does not look at the mode. Not shown for claims that no service has to do with.",
  }),
  claim("ClaimReadOnly", claimReadOnly, {
    title: "The claim cannot be written",
    severity: "error",
    explanation:
      "All access modes of the claim are ReadOnlyMany, and a service is to keep its model cache on it. A claim that only serves pvc:// Models may be read-only.",
  }),
  claim("UnbindableModelCache", unbindableModelCache, {
    title: "The volume was never provisioned",
    severity: "error",
    explanation:
      "The volume behind the claim requires a node whose name was never filled in by its provisioner, so no node can ever match. Judged from the volume itself, because the operator's schedulingStatus stays after recovery.",
  }),
  service("ClaimNodeMismatch", claimNodeMismatch, {
    title: "The volume is where the service may not run",
    severity: "error",
    explanation:
      "The volume's node affinity and what the service asks of a node (node selector, required affinity, tolerations, GPU, CPU and memory, cordoned nodes) have no node in common. The pod would wait for ever while the operator says Creating. A warning when pods run there already and only a restart would fail.",
  }),
  service("ClaimInUseOnOtherNode", claimInUseOnOtherNode, {
    title: "The claim is in use on another node",
    severity: "error",
    explanation:
      "A ReadWriteOnce claim can be mounted on one node only, a ReadWriteOncePod claim by one pod only, and another pod has it. Kubernetes reports Multi-Attach or leaves the pod unscheduled. LLMKube does not consider access modes when it rolls out.",
  }),
  service("QuotaExceeded", podsRefused("QuotaExceeded"), {
    title: "A quota keeps pods from being made",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods because a ResourceQuota of the namespace would be exceeded, or because the quota wants a request that the service does not state. LLMKube says Creating for ever; the reason is on the Deployment only.",
  }),
  service("PodSecurityViolated", podsRefused("PodSecurityViolated"), {
    title: "Pod Security keeps pods from being made",
    severity: "error",
    explanation:
      "The namespace enforces a Pod Security level that the service's pods do not meet. The operator's init container model-cache-prep runs as root and adds capabilities, which the level restricted never allows.",
  }),
  service("LimitRangeViolated", podsRefused("LimitRangeViolated"), {
    title: "A limit range keeps pods from being made",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods because their resources are outside of a LimitRange of the namespace.",
  }),
  service("PodsRefused", podsRefused("PodsRefused"), {
    title: "Pods are refused",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods for a reason that is none of the above, such as an admission webhook or a missing priority class. The finding quotes the refusal.",
  }),
  service("ReplicasShareClaim", replicasShareClaim, {
    title: "More replicas than the claim can serve",
    severity: "warning",
    explanation:
      "The service wants several pods, or an autoscaler may want them, on a claim that only one node (ReadWriteOnce) or one pod (ReadWriteOncePod, an error) can mount, and the pods may land on several nodes. Not shown where every pod can only land on one node.",
  }),
  transfer("ModelTransferOutOfSpace", {
    title: "No space for the model",
    severity: "error",
    explanation:
      "The init container that fetches the model ran out of space on the claim or in scratch space. LLMKube checks neither size nor free space beforehand and never frees old entries.",
  }),
  transfer("ModelSourceUntrusted", {
    title: "The source's certificate is not trusted",
    severity: "error",
    explanation: "TLS verification of the model's source failed in the downloader.",
  }),
  transfer("ModelSourceUnauthorized", {
    title: "The source refuses access",
    severity: "error",
    explanation:
      "The model's source answered 401 or 403, or the object store refused the credentials. LLMKube gives the downloader no Hugging Face token; only sourceSecretRef reaches it.",
  }),
  transfer("ModelSourceNotFound", {
    title: "The model is not at its source",
    severity: "error",
    explanation: "The model's source answered 404, or the bucket or key does not exist.",
  }),
  transfer("ModelSourceUnreachable", {
    title: "The source cannot be reached",
    severity: "error",
    explanation: "The downloader could not resolve or connect to the host of the model's source.",
  }),
  transfer("ModelTransferFailed", {
    title: "Fetching the model failed",
    severity: "error",
    explanation:
      "An init container of the model cache ended with an error that is none of the known causes. The finding quotes the last line of its log.",
  }),
  claim("ClaimPending", claimPending, {
    title: "The claim is not bound",
    severity: "info",
    explanation:
      "The claim has no volume yet. Info while it waits for its first pod, as its storage class says, or while it is being provisioned; a warning when the provisioner takes long; an error when the class does not exist, none is named, no volume fits, or the provisioner reports a failure, whose text is the evidence.",
  }),
  claim("ClaimResize", claimResize, {
    title: "The claim has not grown yet",
    severity: "info",
    explanation:
      "More is requested of a bound claim than it has. Info while its storage works on it or a pod has to mount it anew; a warning when the storage reports a failure or the class does not allow claims to grow.",
  }),
  service("ModelNotReady", modelNotReady, {
    title: "The Model is not Ready",
    severity: "info",
    explanation:
      "The operator makes no pod before the Model (and a draft Model) is Ready. An error with the Model's own words when it has failed; a warning when the Model and a claim that binds at its first pod wait for each other.",
  }),
  service("ConcurrentDownload", concurrentDownload, {
    title: "Two pods download into one directory",
    severity: "warning",
    explanation:
      "Two pods run their downloader with the same directory of the same claim. LLMKube's downloader has no lock and one temporary name, so that one pod may rename what the other is still writing. Not shown with the built-in operator, whose downloader gives each pod a temporary file of its own.",
  }),
  service("ServiceDegraded", serviceDegraded, {
    title: "The operator reports a failure",
    severity: "error",
    explanation:
      "The service is Failed, Degraded, has an incompatible driver or waits for a GPU, and no finding above explains it: the text is the condition's own. Info when Degraded is only left over from before a recovery, because LLMKube takes it back when the service is Ready.",
  }),
  service("ModelCacheClaimIgnored", modelCacheClaimIgnored, {
    title: "The claim is not used",
    severity: "warning",
    explanation:
      "claimName is set, but by the operator's rules the weights go elsewhere: the source is a pre-staged pvc:// volume, caching is switched off in the operator, the Model has no cache key, the runtime stages nothing, skipModelInit is set, the model runs on a metal agent, or persistence is Ephemeral. Each cause has its own sentence. In some of these cases the operator requires the claim to exist all the same, which the finding says. Info when only a draft model uses the claim.",
  }),
  service("ClaimDrift", claimDrift, {
    title: "Declared, rolled out and mounted differ",
    severity: "warning",
    explanation:
      "The claim the service should use, the claim in its Deployment and the claims its pods mount are not the same, and what the change waits for: a rollout under way, a rollout deferred until pods are idle, a missing claim, a Model that is not Ready, or a Deployment left untouched after a failure.",
  }),
  service("StatusDisagreesWithPods", statusDisagreesWithPods, {
    title: "The status contradicts the pods",
    severity: "warning",
    explanation:
      "The status counts no ready pod while pods are Ready and serve. LLMKube writes zero when a service fails, although a running Deployment is left untouched. Shown at once for a failed service, otherwise after 30 seconds.",
  }),
  service("StaleCacheKey", staleCacheKey, {
    title: "The cache key is that of an earlier source",
    severity: "warning",
    explanation:
      "A Ready Model keeps its cache key when its source is edited, so pods keep the directory of the old source: what is in it is served, and on an empty claim the new model is downloaded under the old key.",
  }),
  service("RolloutDeadlock", rolloutDeadlock, {
    title: "The next rollout will get stuck",
    severity: "warning",
    explanation:
      "The claim is ReadWriteOncePod and the service's pods are replaced by a rolling update, which starts the new pod before it ends the old one: neither gets on. Shown while the service runs; once a pod waits, the claim in use is the finding. Services with a GPU are recreated and do not have this.",
  }),
  service("UnboundedEphemeralCache", unboundedEphemeralCache, {
    title: "Scratch space without a limit",
    severity: "warning",
    explanation:
      "Persistence is Ephemeral and resources.ephemeralStorage is not set: the model is downloaded at each start into the node's disk without a limit.",
  }),
  service("FieldOwnedByOther", fieldOwnedByOther, {
    title: "Someone else sets the claim",
    severity: "info",
    explanation:
      "Another field manager owns spec.modelCache.claimName. Shown when it is a GitOps tool, which sets back what is changed by hand, and as a warning when it shares the field with Mooring or a request made here met it.",
  }),
  service("OperatorSettingsUnknown", operatorSettingsUnknown, {
    title: "The operator's settings are not known",
    severity: "unknown",
    explanation:
      "Which claim a service without a claimName uses, and whether there is a cache at all, is decided by flags of the LLMKube operator. They are read from its Deployment; where that (or a variable in it) may not be read, and the service's own Deployment does not show it either, it is said to be unknown in place of LLMKube's default being taken for granted.",
  }),
];
