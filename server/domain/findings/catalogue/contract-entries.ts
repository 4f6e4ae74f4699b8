import { claimDrift } from "../claim-drift";
import { fieldOwnedByOther } from "../field-owned-by-other";
import { modelCacheClaimIgnored } from "../model-cache-claim-ignored";
import { modelNotFound } from "../model-not-found";
import { modelNotReady } from "../model-not-ready";
import { operatorSettingsUnknown } from "../operator-settings-unknown";
import { serviceDegraded } from "../service-degraded";
import { staleCacheKey } from "../stale-cache-key";
import { statusDisagreesWithPods } from "../status-disagrees-with-pods";
import { type CatalogueEntry, service } from "./entry";

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
      "The operator makes no pod before the Model (and a draft Model) is Ready. An error with the Model's own words when it has failed; a warning when the Model and a claim that binds at its first pod wait for each other.",
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
