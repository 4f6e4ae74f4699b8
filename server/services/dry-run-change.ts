import type { InferenceService } from "@/server/domain/objects";
import type { DryRunAnswer } from "@/server/domain/preflight/server-checks";
import type { ClaimChange } from "@/server/domain/preflight/with-claim";
import { AppError, type ErrorReason } from "@/server/errors";
import type { ClaimFieldWriter } from "@/server/ports";

/** Failures that say nothing about the change itself. */
const OUTAGES: ReadonlySet<ErrorReason> = new Set([
  "ServiceUnavailable",
  "Timeout",
  "TooManyRequests",
  "InternalError",
  "Unauthorized",
]);

export type DryRun = {
  readonly answer: DryRunAnswer;
  /** As the API server has it now; as last seen when it cannot be asked. */
  readonly current: InferenceService;
  /** As the API server would store it; null when it would not, or cannot be asked. */
  readonly stored: InferenceService | null;
};

/**
 * Asks the API server what it would store. Where another manager owns the field, the answer is `conflict` and `stored`
 * is what taking ownership would give. Expected failures are answers, never thrown.
 */
export async function dryRunChange(
  writer: ClaimFieldWriter,
  seen: InferenceService,
  change: ClaimChange,
): Promise<DryRun> {
  let current = seen;
  const tryOn = (force: boolean) =>
    writer.apply({
      key: { namespace: seen.metadata.namespace, name: seen.metadata.name },
      uid: seen.metadata.uid,
      claimName: change.claimName,
      persistence: change.persistence ?? undefined,
      force,
      dryRun: true,
    });
  try {
    current = (await writer.read(seen.metadata)) ?? seen;
    return { answer: { type: "accepted" }, current, stored: await tryOn(false) };
  } catch (error) {
    const answer = answerOf(error);
    const stored = answer.type === "conflict" ? await orNull(tryOn(true)) : null;
    return { answer, current, stored };
  }
}

function answerOf(error: unknown): DryRunAnswer {
  if (!(error instanceof AppError)) throw error;
  const managers = managersOf(error);
  if (error.reason === "Conflict" && managers.length > 0) return { type: "conflict", managers };
  const type = OUTAGES.has(error.reason) ? "unavailable" : "refused";
  return { type, message: error.message };
}

/** The API server quotes the manager's name in the message of each cause. */
function managersOf({ causes }: AppError): string[] {
  const names = causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ message }) => /"([^"]+)"/.exec(message ?? "")?.[1] ?? "another manager");
  return [...new Set(names)];
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
