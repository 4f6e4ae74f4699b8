import {
  type ClaimPlan,
  claimNameOf,
  draftUsesCache as draftOnCache,
  planClaim,
  SHARED_CLAIM,
} from "./claim-selection";
import { isMetal } from "./cache-key";
import type { ClaimFacts, ServiceFacts, Surroundings } from "./facts";
import type { OperatorSettings } from "./operator-settings";
import type { Condition, InferenceService, Plural, Pod } from "./objects";
import { cacheClaimOf, isReady, sourceClaimOf } from "./pod-state";
import { pvcSource } from "./source";

/** Almost every rule asks, and facts never change. */
const plans = new WeakMap<ServiceFacts, ClaimPlan>();

/** Where the service's weights go by the contract. */
export function planOf(facts: ServiceFacts): ClaimPlan {
  const known = plans.get(facts);
  if (known !== undefined) return known;
  const { service, model, draftModel } = facts;
  const plan = planClaim({ service, model, draft: draftModel, settings: settingsFor(facts) });
  plans.set(facts, plan);
  return plan;
}

/** The operator's settings; of those that could not be read, what the service's own Deployment shows of them. */
export function settingsFor(facts: ServiceFacts): OperatorSettings {
  const { settings } = facts.surroundings;
  const rolledOut = settings.unknown.length === 0 ? null : rolledOutClaim(facts);
  // A mounted cache says that there is caching; a claim by the operator's own name also says which mode it is in.
  if (rolledOut === null) return settings;
  const own = `${facts.service.metadata.name}-model-cache`;
  const mode = new Map<string, OperatorSettings["cacheMode"]>([
    [SHARED_CLAIM, "shared"],
    [own, "perService"],
  ]).get(rolledOut);
  const shown = mode === undefined ? ["cachePath"] : ["cachePath", "cacheMode"];
  const unknown = settings.unknown.filter((name) => !shown.includes(name));
  return { ...settings, ...(mode === undefined ? {} : { cacheMode: mode }), unknown };
}

/** Whether a draft model is kept on the service's cache claim, wherever the target's weights are. */
export function draftUsesCache(facts: ServiceFacts): boolean {
  const { service, draftModel } = facts;
  return draftOnCache({ service, draft: draftModel, settings: settingsFor(facts) });
}

/** The claim that the cache volume of the service's pods should be: the target's, else a draft's; null when they need none. */
export function expectedCacheClaim(facts: ServiceFacts): string | null {
  const { effectiveClaim } = planOf(facts);
  if (effectiveClaim !== null || !draftUsesCache(facts)) return effectiveClaim;
  return claimNameOf(facts.service, settingsFor(facts));
}

/** Whether objects of the kind may be listed: only then does "not there" mean absent. */
export function isVisible(surroundings: Surroundings, plural: Plural): boolean {
  return !surroundings.invisible.has(plural);
}

/** The claim that serves the weights: the cache claim, or the one a `pvc://` Model names; null when none. */
export function servingClaim(facts: ServiceFacts): string | null {
  const plan = planOf(facts);
  if (plan.kind !== "PreStaged") return plan.effectiveClaim;
  return facts.model === null ? null : (pvcSource(facts.model.spec.source)?.claim ?? null);
}

/** The facts of the claim that serves the weights; null when there is none, it does not exist, or it was not looked at. */
export function servingClaimFacts(facts: ServiceFacts): ClaimFacts | null {
  const name = servingClaim(facts);
  return name === null ? null : (facts.claims.get(name) ?? null);
}

/** Whether the claim is known not to exist. False while claims are not visible or the name was not asked about. */
export function isMissing(facts: ServiceFacts, claimName: string): boolean {
  return (
    isVisible(facts.surroundings, "persistentvolumeclaims") && facts.claims.get(claimName) === null
  );
}

/** The cache claim in the Deployment's template; null when there is no Deployment or it mounts none. */
export function rolledOutClaim(facts: ServiceFacts): string | null {
  return cacheClaimOf(facts.deployment?.spec?.template.spec);
}

/** The cache claims of the running pods, sorted. */
export function mountedClaims(facts: ServiceFacts): string[] {
  const names = facts.pods
    .filter((pod) => pod.status?.phase === "Running")
    .map((pod) => cacheClaimOf(pod.spec))
    .filter((name) => name !== null);
  return [...new Set(names)].sort();
}

/** Whether the pod's weights come from the claim, be it as a cache or as a pre-staged volume. */
export function mountsClaim(pod: Pod, claimName: string): boolean {
  return cacheClaimOf(pod.spec) === claimName || sourceClaimOf(pod.spec) === claimName;
}

/** Pods that serve now. */
export function readyPods(facts: ServiceFacts): Pod[] {
  return facts.pods.filter(isReady);
}

/** The service's condition of that type; null when it has none. */
export function conditionOf(service: InferenceService, type: string): Condition | null {
  return service.status?.conditions?.find((condition) => condition.type === type) ?? null;
}

/** The condition when it is True, else null. */
export function whenTrue(service: InferenceService, type: string): Condition | null {
  const condition = conditionOf(service, type);
  return condition?.status === "True" ? condition : null;
}

/** Pods wanted: none while suspended, the autoscaler's number where one decides, else the spec's (LLMKube's default is 1). */
export function desiredReplicas(facts: ServiceFacts): number {
  const { service, deployment } = facts;
  if (service.spec.suspend === true) return 0;
  const declared = service.spec.replicas ?? 1;
  if (service.spec.autoscaling === undefined) return declared;
  return deployment?.spec?.replicas ?? service.status?.desiredReplicas ?? declared;
}

/** Pods that serve. Counted where pods can be seen; else, and for host agents without pods, what the status says. */
export function readyReplicas(facts: ServiceFacts): number {
  const { service, model, surroundings } = facts;
  const podless = model !== null && isMetal(model);
  if (podless || !isVisible(surroundings, "pods")) return service.status?.readyReplicas ?? 0;
  return readyPods(facts).length;
}

/** Names of the nodes the service's pods are on, sorted. */
export function nodeNamesOf(facts: ServiceFacts): string[] {
  const names = facts.pods.flatMap((pod) => pod.spec?.nodeName ?? []);
  return [...new Set(names)].sort();
}

/** The Degraded condition that says the declared claim is missing; null when there is none. */
export function missingClaimFailure(service: InferenceService): Condition | null {
  const degraded = whenTrue(service, "Degraded");
  const claim = service.spec.modelCache?.claimName;
  if (degraded === null || claim === undefined) return null;
  const named = degraded.message.includes(`"${claim}"`);
  const missing = /not found|does not exist/iu.test(degraded.message);
  return named && missing && /pvc|claim/iu.test(degraded.message) ? degraded : null;
}
