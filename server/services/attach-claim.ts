import type { Attachment, CreateAttachment } from "@/server/contract/attachment";
import type { ObjectKey } from "@/server/contract/service-view";
import { declaredClaim } from "@/server/domain/claim-selection";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

/**
 * Stores the request and wakes the reconciler; it is acted on even if we stop right after. The same idempotency key gives
 * the first attachment again.
 * @throws AppError `NotFound` for an unknown service, `Invalid` for a claim together with scratch space.
 */
export async function attachClaim(
  ctx: ServiceContext,
  key: ObjectKey,
  input: CreateAttachment & { readonly idempotencyKey: string | null },
): Promise<Attachment> {
  if (input.claimName !== null && input.persistence === "Ephemeral")
    throw new AppError(
      "Invalid",
      "A service that keeps its weights in scratch space takes no claim",
      {
        errors: [
          {
            pointer: "#/body/persistence",
            detail: "cannot be Ephemeral together with a claimName",
          },
        ],
      },
    );
  const { service } = factsOf(ctx, key);
  const attachment = await ctx.attachments.create({
    key,
    serviceUid: service.metadata.uid,
    claimName: input.claimName,
    persistence: input.persistence ?? null,
    previousClaimName: declaredClaim(service),
    actor: ctx.actor,
    comment: input.comment ?? null,
    writeAnyway: input.writeAnyway ?? false,
    takeOwnership: input.takeOwnership ?? false,
    idempotencyKey: input.idempotencyKey,
  });
  ctx.acceptAttachment(attachment);
  return attachment;
}
