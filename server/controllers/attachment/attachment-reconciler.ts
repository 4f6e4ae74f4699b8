import type { Attachment } from "@/server/contract/attachment";
import type { ObjectKey } from "@/server/contract/service-view";
import type { InferenceService } from "@/server/domain/objects";
import { quote } from "@/server/domain/wording";
import { hasReason } from "@/server/errors";
import type { NewTransition } from "@/server/ports";
import { DONE, requeueAfter, type ReconcileResult } from "@/server/runtime/result";
import type { AttachmentReconcilerDeps, Pass } from "./attachment-deps";
import { isSaid, isWritten, whoChanged, wishOf } from "./claim-wish";
import { findObstacle } from "./find-obstacle";
import { createServiceLock } from "./service-lock";
import { writeClaim } from "./write-claim";

/** Safety net beside the watches, for an open attachment. */
const RESYNC_MS = 30_000;
/** The API server knows the service, the watch caches do not yet; they wake us, this is for when they cannot. */
const CACHE_LAG_MS = 2000;

/**
 * Builds the reconciler for attachments: an id in, the request's next step done and recorded, whatever woke it.
 *
 * It is the only writer of the field. It records `Applying` before it writes; a pass that finds the field already
 * written, for instance after a crash between write and record, records that and writes nothing. Once `Applied`, a
 * change by anyone else ends the request as `Superseded`: it never writes a second time. Requests for one service are
 * worked on one after the other.
 *
 * Throws what the API server or the database throw when they cannot be had, for the queue to retry; the stored state
 * stays as it was.
 */
export function createAttachmentReconciler(
  deps: AttachmentReconcilerDeps,
): (id: string) => Promise<ReconcileResult> {
  const inTurn = createServiceLock();
  return async (id) => {
    const known = await deps.store.get(id);
    if (known === null) return DONE;
    return inTurn(`${known.namespace}/${known.name}`, () => reconcileOne(id, deps));
  };
}

async function reconcileOne(id: string, deps: AttachmentReconcilerDeps): Promise<ReconcileResult> {
  const stored = await deps.store.getStored(id);
  if (stored === null) return DONE;
  const { attachment } = stored;
  if (attachment.closedAt !== null) {
    deps.onChange(attachment);
    return DONE;
  }
  const service = await deps.writer.read(keyOf(attachment));
  const gone = whyGone(attachment, service);
  if (gone !== null || service === null)
    return move(attachment, gone ?? NOT_FOUND, deps).then(toResult);
  return isUnwritten(attachment)
    ? pursue({ stored, service }, deps)
    : settle({ stored, service }, deps);
}

const keyOf = ({ namespace, name }: Attachment): ObjectKey => ({ namespace, name });

const isUnwritten = ({ state }: Attachment): boolean =>
  state === "Pending" || state === "Blocked" || state === "Applying";

const NOT_FOUND: NewTransition = {
  to: "ServiceGone",
  reason: "ServiceDeleted",
  message: "The service does not exist any more.",
};

function whyGone(attachment: Attachment, service: InferenceService | null): NewTransition | null {
  if (service === null) return NOT_FOUND;
  if (service.metadata.uid !== attachment.serviceUid) {
    const message = "The service was deleted; the one of this name now is another one.";
    return { to: "ServiceGone", reason: "ServiceReplaced", message };
  }
  if (service.metadata.deletionTimestamp === undefined) return null;
  return {
    to: "ServiceGone",
    reason: "ServiceTerminating",
    message: "The service is being deleted.",
  };
}

/** The field does not carry the wish yet, or nobody recorded that it does. */
async function pursue(pass: Pass, deps: AttachmentReconcilerDeps): Promise<ReconcileResult> {
  const { stored, service } = pass;
  const { attachment } = stored;
  if (isWritten(service, wishOf(stored))) {
    const message = "The spec says so; there was nothing left to write.";
    return settleAs({ to: "Applied", reason: "AlreadyWritten", message }, pass, deps);
  }
  const obstacle = await findObstacle(pass, deps);
  if (obstacle === "unknown") return requeueAfter(CACHE_LAG_MS);
  if (obstacle !== null) return move(attachment, obstacle, deps).then(toResult);
  const applying = await move(attachment, APPLYING, deps);
  if (applying === null) return toResult(null);
  const outcome = await writeClaim({ service, stored: { ...stored, attachment: applying } }, deps);
  const next = { stored: { ...stored, attachment: applying }, service: outcome.service };
  return settleAs(outcome.transition, next, deps);
}

const APPLYING: NewTransition = {
  to: "Applying",
  reason: "Writing",
  message: "Writing the claim into the service's spec.",
};

/** Records the transition and, where that leaves the wish in the spec, how far it has got. */
async function settleAs(
  transition: NewTransition,
  { stored, service }: Pass,
  deps: AttachmentReconcilerDeps,
): Promise<ReconcileResult> {
  const attachment = await move(stored.attachment, transition, deps);
  if (attachment?.state !== "Applied") return toResult(attachment);
  return settle({ stored: { ...stored, attachment }, service }, deps);
}

/** The wish was written: is it in use, and is it still what the spec says? */
async function settle(pass: Pass, deps: AttachmentReconcilerDeps): Promise<ReconcileResult> {
  const { stored, service } = pass;
  const { attachment } = stored;
  const wish = wishOf(stored);
  if (!isSaid(service, wish)) return move(attachment, supersededBy(service), deps).then(toResult);
  const alsoClaims = attachment.claimName === null ? [] : [attachment.claimName];
  const facts = deps.facts(keyOf(attachment), alsoClaims);
  if (facts?.service.metadata.uid !== attachment.serviceUid) return requeueAfter(CACHE_LAG_MS);
  const next = deps.progress({ attachment, wish, service, facts: { ...facts, service } });
  return move(attachment, next, deps).then(toResult);
}

function supersededBy(service: InferenceService): NewTransition {
  const now = service.spec.modelCache?.claimName;
  const change = now === undefined ? "removed the claim" : `set the claim to ${quote(now)}`;
  const who = whoChanged(service);
  const by = who === null ? "Someone else" : `Field manager ${quote(who.manager)}`;
  const message = `${by} ${change} after it was written. Mooring does not write again.`;
  return { to: "Superseded", reason: "ChangedByOther", message };
}

/**
 * Records where the attachment stands now, unless that is what is stored already. null: somebody moved it meanwhile (a
 * newer request, a cancellation), so what this pass decided no longer counts.
 */
async function move(
  attachment: Attachment,
  next: NewTransition,
  deps: AttachmentReconcilerDeps,
): Promise<Attachment | null> {
  if (isSame(attachment, next)) return attachment;
  try {
    const moved = await deps.store.transition(attachment.id, attachment.state, next);
    deps.onChange(moved);
    return moved;
  } catch (error) {
    if (hasReason(error, "Conflict")) return null;
    throw error;
  }
}

/** While a wish takes effect only its reason counts: a sentence with a moving number in it is no transition. */
function isSame(attachment: Attachment, next: NewTransition): boolean {
  if (attachment.state !== next.to || attachment.reason !== next.reason) return false;
  return next.to === "Applied" || attachment.message === next.message;
}

function toResult(attachment: Attachment | null): ReconcileResult {
  if (attachment === null) return requeueAfter(0);
  return attachment.closedAt === null ? requeueAfter(RESYNC_MS) : DONE;
}
