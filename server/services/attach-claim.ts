import type { Attachment, CreateAttachment } from "@/server/contract/attachment";
import type { ObjectKey } from "@/server/contract/service-view";
import { declaredClaim } from "@/server/domain/claim-selection";
import { claimFieldOwners, mainOwner } from "@/server/domain/field-owner";
import type { InferenceService } from "@/server/domain/objects";
import { quote } from "@/server/domain/wording";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

/**
 * Stores the request and wakes the reconciler; it is acted on even if we stop right after. The same idempotency key gives
 * the first attachment again.
 * @throws AppError `NotFound` for an unknown service, `Invalid` for a claim together with scratch space, `Conflict` where
 * the spec names another claim than the caller expects.
 */
export async function attachClaim(
  ctx: ServiceContext,
  key: ObjectKey,
  input: CreateAttachment & { readonly idempotencyKey: string | null },
): Promise<Attachment> {
  requireOneKindOfCache(input);
  const { service } = factsOf(ctx, key);
  requireExpected(service, input);
  const attachment = await ctx.attachments.create({
    key,
    serviceUid: service.metadata.uid,
    claimName: input.claimName,
    persistence: input.persistence ?? null,
    previousClaimName: declaredClaim(service),
    previousPersistence: service.spec.modelCache?.persistence ?? null,
    actor: ctx.actor,
    comment: input.comment ?? null,
    writeAnyway: input.writeAnyway ?? false,
    takeOwnership: input.takeOwnership ?? false,
    idempotencyKey: input.idempotencyKey,
  });
  ctx.acceptAttachment(attachment);
  return attachment;
}

function requireOneKindOfCache({ claimName, persistence }: CreateAttachment): void {
  if (claimName === null || persistence !== "Ephemeral") return;
  throw new AppError(
    "Invalid",
    "A service that keeps its weights in scratch space takes no claim",
    {
      errors: [
        { pointer: "#/body/persistence", detail: "cannot be Ephemeral together with a claimName" },
      ],
    },
  );
}

/** What was checked before asking is not what is there now: the caller has to look again. */
function requireExpected(service: InferenceService, { expectedClaimName }: CreateAttachment): void {
  if (expectedClaimName === undefined) return;
  const now = declaredClaim(service);
  if (now === expectedClaimName) return;
  const owner = mainOwner(claimFieldOwners(service.metadata.managedFields));
  const by = owner === null ? "" : `, set by ${quote(owner.manager)}`;
  const names = now === null ? "no claim" : `claim ${quote(now)}${by}`;
  throw new AppError(
    "Conflict",
    `The service was changed meanwhile: its spec names ${names} now. Nothing was stored.`,
  );
}
