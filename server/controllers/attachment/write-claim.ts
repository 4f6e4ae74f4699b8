import type { InferenceService } from "@/server/domain/objects";
import { listNames, plain, quote } from "@/server/domain/wording";
import { type AppError, hasReason } from "@/server/errors";
import type { NewTransition } from "@/server/ports";
import type { AttachmentReconcilerDeps, Pass } from "./attachment-deps";
import { holdersOf, isSaid, wishOf } from "./claim-wish";
import { changeOf, isRefusal, persistenceOf, refused } from "./find-obstacle";

export type WriteOutcome = {
  readonly transition: NewTransition;
  /** As the API server stored it; as it was read where nothing was written. */
  readonly service: InferenceService;
};

/**
 * Writes the wish and tells what to record. An outage is thrown: the queue retries for ever, and the state stays `Applying`.
 *
 * @throws what the writer throws, except where that is an answer: another owner, no permission, an invalid object.
 */
export async function writeClaim(
  pass: Pass,
  deps: AttachmentReconcilerDeps,
): Promise<WriteOutcome> {
  const { stored, service } = pass;
  try {
    const change = { ...changeOf(stored.attachment, service), ...persistenceOf(stored) };
    const written = await deps.writer.apply({ ...change, dryRun: false });
    return { transition: afterWrite(pass, written), service: written };
  } catch (error) {
    const transition = answer(error, pass);
    if (transition === null) throw error;
    return { transition, service };
  }
}

function afterWrite({ stored }: Pass, written: InferenceService): NewTransition {
  const { claimName } = stored.attachment;
  // Applying without the field takes it away only where nobody else holds it.
  if (claimName === null && !isSaid(written, wishOf(stored))) return stillHeld(written);
  const message =
    claimName === null
      ? "The claim was removed from the spec."
      : `Claim ${quote(claimName)} is in the spec.`;
  return { to: "Applied", reason: "Written", message };
}

function stillHeld(service: InferenceService): NewTransition {
  const claim = service.spec.modelCache?.claimName ?? "";
  const holders = holdersOf(service);
  const who = holders.length === 0 ? "another field manager" : listNames(holders);
  const message = `Mooring gave the field up, but ${who} still sets it to ${quote(claim)}: remove it there.`;
  return { to: "Conflict", reason: "HeldByOther", message };
}

function answer(error: unknown, pass: Pass): NewTransition | null {
  if (hasReason(error, "Forbidden")) return forbidden(error);
  if (isRefusal(error)) return refused(error);
  return hasReason(error, "Conflict") ? ownedByOther(error, pass) : null;
}

function forbidden(error: AppError): NewTransition {
  const message = `The API server did not let Mooring write: ${plain(error.message)}`;
  return { to: "Forbidden", reason: "WriteForbidden", message };
}

/** null: the conflict is about something else, such as a changed uid; the next pass reads that. */
function ownedByOther(error: AppError, { service }: Pass): NewTransition | null {
  const causes = error.causes.filter((cause) => cause.reason === "FieldManagerConflict");
  if (causes.length === 0) return null;
  const named = causes.flatMap(
    (cause) => /conflict with "([^"]+)"/u.exec(cause.message ?? "")?.[1] ?? [],
  );
  const managers = named.length > 0 ? [...new Set(named)] : holdersOf(service);
  const who =
    managers.length === 0 ? "Another field manager" : `Field manager ${listNames(managers)}`;
  const claim = service.spec.modelCache?.claimName;
  const value = claim === undefined ? "" : `, with the value ${quote(claim)}`;
  const message = `${who} owns the field${value}. Nothing was written; taking ownership has to be asked for.`;
  return { to: "Conflict", reason: "OwnedByOther", message };
}
