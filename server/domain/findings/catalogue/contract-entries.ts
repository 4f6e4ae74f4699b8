import { claimDrift } from "../claim-drift";
import { fieldContested } from "../field-contested";
import { fieldOwnedByOther } from "../field-owned-by-other";
import { firstConsumerDeadlock } from "../first-consumer-deadlock";
import { modelCacheClaimIgnored } from "../model-cache-claim-ignored";
import { modelNotFound } from "../model-not-found";
import { modelNotReady } from "../model-not-ready";
import { modelsShareSource, modelsShareSourceOnClaim } from "../models-share-source";
import { operatorSettingsUnknown } from "../operator-settings-unknown";
import { serviceDegraded } from "../service-degraded";
import { staleCacheKey } from "../stale-cache-key";
import { statusDisagreesWithPods } from "../status-disagrees-with-pods";
import { both, type CatalogueEntry, service } from "./entry";

/** The entries about what the operator makes of a service, and who writes it. */
export const contractEntries: readonly CatalogueEntry[] = [
  service("ModelNotFound", modelNotFound, {
    title: "The Model does not exist",
    severity: "error",
    explanation:
      "spec.modelRef, or the draft model of speculative decoding, names a Model that is not in the namespace. Not shown while Models may not be listed.",
  }),
  service("ModelNotReady", modelNotReady, {
    title: "The Model is not Ready",
    severity: "info",
    explanation:
      "The operator makes no pod before the Model (and a draft Model) is Ready. An error with the Model's own words when it has failed. Not shown while Model and claim wait for each other, which is a finding of its own.",
  }),
  service("FirstConsumerDeadlock", firstConsumerDeadlock, {
    title: "Model and claim wait for each other",
    severity: "error",
    explanation:
      "The source is pvc://, and its claim is of a class that binds at the first pod (WaitForFirstConsumer). The Model is not Ready before the claim is bound, the operator makes no pod before the Model is Ready, and the claim is not bound before there is a pod. Any pod that mounts the claim ends it.",
  }),
  both(
    "ModelsShareSource",
    { ofService: modelsShareSource, ofClaim: modelsShareSourceOnClaim },
    {
      title: "Two Models bring the same bytes",
      severity: "info",
      explanation:
        "The directory on a claim follows from spec.source as it is written, so two Models with one source share a directory (info: what one downloads the other finds, and what is removed for one is missing for the other), but two ways to write one source (hf:// and https://, with or without a query) are two directories with the same bytes. A warning in that case, and where two Models of one directory keep the file under two names, which happens when the GGUF name was read for one of them only.",
    },
  ),
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
  service("FieldContested", fieldContested, {
    title: "Writers fight over the claim",
    severity: "error",
    explanation:
      "spec.modelCache.claimName has changed at least three times within ten minutes, by more than one field manager in turn: each sets back what the other set, each change rolls the service out anew, and the generation runs away. The finding names the managers and the rate. One writer that changes its mind is no finding. Remembered since Mooring started.",
  }),
  service("FieldOwnedByOther", fieldOwnedByOther, {
    title: "Someone else sets the claim",
    severity: "info",
    explanation:
      "Another field manager owns spec.modelCache.claimName. Shown when it is a GitOps tool (Flux, Argo CD and others) or Helm, which set back what is changed by hand, and as a warning when it shares the field with Mooring or a request made here met it.",
  }),
  service("OperatorSettingsUnknown", operatorSettingsUnknown, {
    title: "The operator's settings are not known",
    severity: "unknown",
    explanation:
      "Which claim a service without a claimName uses, and whether there is a cache at all, is decided by flags of the LLMKube operator. They are read from its Deployment; where that (or a variable in it) may not be read, and the service's own Deployment does not show it either, it is said to be unknown in place of LLMKube's default being taken for granted.",
  }),
];
