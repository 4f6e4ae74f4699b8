import type { ReconcileRequest } from "@/server/contract/reconcile-request";
import type { ObjectKey } from "@/server/contract/service-view";
import { declaredClaim } from "@/server/domain/claim-selection";
import type { InferenceService } from "@/server/domain/objects";
import { planReconcileRequest, reconcileRequestField } from "@/server/domain/reconcile-request";
import { quote } from "@/server/domain/wording";
import { AppError, hasReason } from "@/server/errors";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

const SERVICES = { group: "inference.llmkube.dev", resource: "inferenceservices" } as const;
/** The operator may write its status while we look at the service. */
const TRIES = 5;

/**
 * Has LLMKube look again at a service that failed for a claim which exists by now: writes one annotation, once per claim,
 * and puts it on the service's timeline.
 * @throws AppError `NotFound`; `Forbidden` when the actor may not patch the service; `Conflict` when there is no cause or
 * it was asked for already; `ServiceUnavailable` when the permission cannot be told.
 */
export async function requestReconcile(
  ctx: ServiceContext,
  key: ObjectKey,
): Promise<ReconcileRequest> {
  factsOf(ctx, key);
  await requirePatch(ctx, key);
  for (let attempt = 1; ; attempt += 1) {
    const service = await readService(ctx, key);
    const asked = decide(ctx, service);
    const { uid, resourceVersion } = service.metadata;
    try {
      // At the version just looked at, so that of two who ask at once only one is answered with yes.
      await ctx.reconcileRequests.request({ key, uid, resourceVersion, ...asked });
    } catch (error) {
      if (!hasReason(error, "Conflict") || attempt === TRIES) throw error;
      continue;
    }
    await record(ctx, service, asked);
    const { namespace, name } = key;
    return { namespace, name, ...asked };
  }
}

async function requirePatch(ctx: ServiceContext, { namespace, name }: ObjectKey): Promise<void> {
  const action = { verb: "patch", ...SERVICES, namespace, name };
  const allowed = await ctx.access.can(ctx.actor, action);
  if (allowed === true) return;
  const who = quote(ctx.actor.name);
  throw allowed === false
    ? new AppError("Forbidden", `${who} may not change the service ${namespace}/${name}`)
    : new AppError(
        "ServiceUnavailable",
        `Whether ${who} may change ${namespace}/${name} could not be determined`,
      );
}

async function readService(ctx: ServiceContext, key: ObjectKey): Promise<InferenceService> {
  const service = await ctx.claimField.read(key);
  if (service) return service;
  throw new AppError("NotFound", `There is no service ${key.name} in namespace ${key.namespace}`);
}

type Asked = { readonly claimName: string; readonly requestedAt: string };

function decide(ctx: ServiceContext, service: InferenceService): Asked {
  if (ctx.operator().builtinOperator) {
    throw new AppError("Conflict", "Mooring's own operator watches claims and needs no nudge");
  }
  const claimName = declaredClaim(service);
  const { namespace } = service.metadata;
  const claim =
    claimName === null
      ? null
      : ctx.index.get("persistentvolumeclaims", `${namespace}/${claimName}`);
  const plan = planReconcileRequest({ service, claim, now: ctx.clock.now() });
  if (plan.kind === "ask" && claimName !== null) {
    return { claimName, requestedAt: plan.requestedAt };
  }
  throw new AppError("Conflict", whyNot(plan, claimName));
}

function whyNot(plan: ReturnType<typeof planReconcileRequest>, claimName: string | null): string {
  const claim = quote(claimName ?? "");
  if (plan.kind === "missing")
    return `Claim ${claim} does not exist yet, so a nudge would not help`;
  if (plan.kind === "asked") {
    return `LLMKube was asked already, at ${plan.requestedAt}, after claim ${claim} was made. If nothing happens, look whether its operator runs`;
  }
  return "The service is not failed for a missing claim, so there is nothing to nudge it for";
}

async function record(
  ctx: ServiceContext,
  { metadata }: InferenceService,
  { claimName, requestedAt }: Asked,
): Promise<void> {
  const { namespace, name, uid } = metadata;
  await ctx.timeline.append([
    {
      service: { namespace, name },
      dedupeKey: `change/${uid}/${reconcileRequestField(requestedAt)}`,
      at: requestedAt,
      source: "Change",
      kind: "InferenceService",
      namespace,
      name,
      reason: "ReconcileRequested",
      message: `LLMKube was asked to look at the service again: claim ${quote(claimName)} exists by now.`,
      severity: "info",
      count: 1,
      actor: ctx.actor.name,
    },
  ]);
}
