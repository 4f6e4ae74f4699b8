import type { Finding } from "@/server/contract/finding";
import type { FieldWrite, ServiceFacts } from "../facts";
import { describeWriter } from "../gitops";
import { count, lasting, listNames, quote, secondsBetween } from "../wording";
import { buildFinding, MODEL_CACHE_FIELD, seen } from "./finding";

/** How far back changes count. */
const WINDOW_SECONDS = 600;
/** A change, its undoing and the same once more: less may be people talking to each other. */
const FEWEST_CHANGES = 3;

/** Writers set the claim against each other: it changed several times within minutes, by more than one of them in turn. */
export function fieldContested(facts: ServiceFacts): Finding | null {
  const { service, surroundings, writes } = facts;
  const recent = writes.filter(({ at }) => {
    const age = secondsBetween(at, surroundings.now);
    return age !== null && age <= WINDOW_SECONDS;
  });
  const changes = recent.filter(
    (write, nth) => nth > 0 && write.claimName !== recent[nth - 1]?.claimName,
  );
  const writers = [...new Set(changes.map(writerOf))];
  const first = changes[0];
  if (first === undefined || changes.length < FEWEST_CHANGES || writers.length < 2) return null;
  const rate = perMinute(recent);
  return buildFinding({
    code: "FieldContested",
    severity: "error",
    message: `The claim is set back and forth between ${listNames(writers)}: ${count(changes.length, "change")} within ${lasting(WINDOW_SECONDS)}${rate === null ? "" : `, ${rate} generations a minute`}. Each change rolls the service out anew, so that it may never become ready.`,
    nextStep:
      "Let one of them decide: take the field out of the other's manifest, or suspend it for this object. Mooring does not join in.",
    since: first.at,
    evidence: [
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: "metadata.generation",
        value: String(service.metadata.generation ?? "unknown"),
      }),
      ...changes.slice(-4).map((write) => ({
        ...seen(surroundings, {
          kind: "InferenceService",
          object: service,
          field: `${MODEL_CACHE_FIELD} at generation ${write.generation}`,
          value: `${write.claimName ?? "not set"}, by ${writerOf(write)}`,
        }),
        observedAt: write.at,
      })),
    ],
  });
}

/** Nobody owns a field that was taken out. */
function writerOf({ manager }: FieldWrite): string {
  return manager === null ? "whoever takes it out" : describeWriter(manager, quote(manager));
}

/** Generations per minute, with what the watch skipped; null over too short a time to tell. */
function perMinute(writes: readonly FieldWrite[]): string | null {
  const [first, last] = [writes[0], writes.at(-1)];
  if (first === undefined || last === undefined) return null;
  const minutes = (secondsBetween(first.at, last.at) ?? 0) / 60;
  if (minutes < 0.1) return null;
  const rate = (last.generation - first.generation) / minutes;
  return rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}
