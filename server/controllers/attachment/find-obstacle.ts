import type { Attachment } from "@/server/contract/attachment";
import type { Check, CheckCode } from "@/server/contract/preflight";
import type { InferenceService } from "@/server/domain/objects";
import { plain, quote } from "@/server/domain/wording";
import { AppError, hasReason } from "@/server/errors";
import type { NewTransition } from "@/server/ports";
import type { AttachmentReconcilerDeps, Pass } from "./attachment-deps";
import { wishOf } from "./claim-wish";

const SERVICES = { group: "inference.llmkube.dev", resource: "inferenceservices" } as const;

/** The write itself answers these, and its answer is an end of its own: `Conflict`, `Forbidden`. */
const DECIDED_BY_THE_WRITE: ReadonlySet<CheckCode> = new Set(["Ownership", "Permission", "DryRun"]);

/** The reason kept while the API server refuses the object for what it says. */
export const REFUSED = "RefusedByServer";

/**
 * What keeps the wish from being written right now, as the transition to record; null when nothing does, "unknown"
 * while the watch caches do not hold the service.
 *
 * @throws AppError `ServiceUnavailable` when the actor's permission cannot be told: nothing is written on a guess.
 */
export async function findObstacle(
  pass: Pass,
  deps: AttachmentReconcilerDeps,
): Promise<NewTransition | null | "unknown"> {
  const forbidden = await whyForbidden(pass, deps);
  if (forbidden !== null) return forbidden;
  const { stored, service } = pass;
  const { attachment } = stored;
  const alsoClaims = attachment.claimName === null ? [] : [attachment.claimName];
  // Asked for at the last moment: a claim made since the request was stored counts.
  const facts = deps.facts({ namespace: attachment.namespace, name: attachment.name }, alsoClaims);
  if (facts?.service.metadata.uid !== attachment.serviceUid) return "unknown";
  const { takeOwnership } = attachment;
  const checks = deps.checks({ ...facts, service }, { ...wishOf(stored), takeOwnership });
  const blocking = checks.filter(blocks);
  if (blocking.length > 0 && !attachment.writeAnyway) return blockedBy(blocking);
  return attachment.reason === REFUSED ? whyRefused(pass, deps) : null;
}

const blocks = ({ code, verdict }: Check): boolean =>
  verdict === "block" && !DECIDED_BY_THE_WRITE.has(code);

function blockedBy(blocking: readonly Check[]): NewTransition {
  const message = blocking.map((check) => check.message).join(" ");
  return { to: "Blocked", reason: blocking[0]?.code ?? "Preflight", message };
}

async function whyForbidden(
  { stored }: Pass,
  { reviewer }: AttachmentReconcilerDeps,
): Promise<NewTransition | null> {
  const { attachment, actor } = stored;
  const { namespace, name } = attachment;
  const allowed = await reviewer.can(actor, { verb: "patch", ...SERVICES, namespace, name });
  if (allowed === null) {
    throw new AppError(
      "ServiceUnavailable",
      `Whether ${quote(actor.name)} may change ${namespace}/${name} could not be determined.`,
    );
  }
  if (allowed) return null;
  const message = `${quote(actor.name)} may not change the service ${namespace}/${name}. Nothing was written.`;
  return { to: "Forbidden", reason: "NotAllowed", message };
}

/** A dry run instead of a write, so that what was refused once does not alternate with `Applying` at each pass. */
async function whyRefused(
  { stored, service }: Pass,
  { writer }: AttachmentReconcilerDeps,
): Promise<NewTransition | null> {
  try {
    await writer.apply({
      ...changeOf(stored.attachment, service),
      ...persistenceOf(stored),
      dryRun: true,
    });
    return null;
  } catch (error) {
    // Any other answer is the real write's to handle.
    return isRefusal(error) ? refused(error) : null;
  }
}

/**
 * The API server will not store such an object, whoever asks. Not so when it minds the uid: then the service was made
 * anew since it was read, which the next pass finds out.
 */
export function isRefusal(error: unknown): error is AppError {
  if (!hasReason(error, "Invalid") && !hasReason(error, "BadRequest")) return false;
  return !error.causes.some((cause) => cause.field === "metadata.uid");
}

/** Nothing was written, and it is tried again when something changes. */
export function refused(error: AppError): NewTransition {
  const message = `The API server refuses the change: ${plain(error.message)}`;
  return { to: "Blocked", reason: REFUSED, message };
}

/** The write that carries the wish out. */
export function changeOf(attachment: Attachment, service: InferenceService) {
  return {
    key: { namespace: attachment.namespace, name: attachment.name },
    uid: service.metadata.uid,
    claimName: attachment.claimName,
    force: attachment.takeOwnership,
  };
}

/** Left out of what is applied when the request did not name it. */
export function persistenceOf({ persistence }: Pass["stored"]) {
  return { persistence: persistence ?? undefined };
}
