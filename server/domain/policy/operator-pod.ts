import { isMetal } from "../cache-key";
import { planDeployment } from "../deployment/build-deployment";
import type { ServiceFacts } from "../facts";
import type { PodTemplate } from "../objects";
import { desiredReplicas, settingsFor } from "../service-state";

/** The pod that the operator makes for a service as its facts are, or why there is none to look at. */
export type OperatorPod =
  | { readonly kind: "pod"; readonly template: PodTemplate }
  /** No pod is ever made: a host agent serves. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

/** The template by the operator's own rules; nothing an admission step adds is in it. */
export function operatorPod(facts: ServiceFacts): OperatorPod {
  const { service, model, draftModel } = facts;
  if (model === null) return { kind: "unknown", why: "the Model is not there" };
  if (isMetal(model)) return { kind: "none" };
  const plan = planDeployment({
    service,
    model,
    draft: draftModel,
    settings: settingsFor(facts),
    replicas: desiredReplicas(facts),
  });
  return plan.kind === "fault"
    ? { kind: "unknown", why: `the operator can make no pod (${plan.message})` }
    : { kind: "pod", template: plan.deployment.spec.template };
}
