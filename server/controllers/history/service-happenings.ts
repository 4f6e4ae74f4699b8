import type { Severity } from "@/server/contract/finding";
import { toneOf } from "@/server/domain/condition-polarity";
import { claimFieldOwners } from "@/server/domain/field-owner";
import type { Condition, InferenceService } from "@/server/domain/objects";
import { RECONCILE_REQUESTED_AT, reconcileRequestField } from "@/server/domain/reconcile-request";
import { quote } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { changedConditions } from "./transition-happenings";

const PHASE_SEVERITY: Readonly<Record<string, Severity>> = { Failed: "error", Ready: "ok" };

/** What changed on a service that belongs on its timeline: its claim, its phase, its conditions. `lastUpdated` alone is nothing. */
export function serviceHappenings(before: InferenceService, after: InferenceService): Happening[] {
  return [
    ...claimHappenings(before, after),
    ...persistenceHappenings(before, after),
    ...nudgeHappenings(before, after),
    ...phaseHappenings(before.status?.phase, after.status?.phase),
    ...conditionHappenings(before.status?.conditions ?? [], after.status?.conditions ?? []),
  ];
}

function claimHappenings(before: InferenceService, after: InferenceService): Happening[] {
  const from = before.spec.modelCache?.claimName;
  const to = after.spec.modelCache?.claimName;
  if (from === to) return [];
  const actor = claimFieldOwners(after.metadata.managedFields)[0]?.manager ?? null;
  const was = from === undefined ? "" : ` (was ${quote(from)})`;
  const message =
    to === undefined
      ? `claimName was removed from the spec${was}.`
      : `claimName was set to ${quote(to)}${was}.`;
  const reason = to === undefined ? "ClaimNameRemoved" : "ClaimNameSet";
  return [{ field: "claimName", reason, message, severity: "info", actor }];
}

/** Whose choice this was is not told: only the owner of `claimName` is kept. */
function persistenceHappenings(before: InferenceService, after: InferenceService): Happening[] {
  const from = before.spec.modelCache?.persistence;
  const to = after.spec.modelCache?.persistence;
  if (from === to) return [];
  const was = from === undefined ? "not set" : from;
  const message = `persistence is ${to ?? "not set any more"} in the spec (was ${was}).`;
  return [{ field: "persistence", reason: "PersistenceSet", message, severity: "info" }];
}

/** Recorded under the same key as by who asked through Mooring, who is named there; kubectl names nobody. */
function nudgeHappenings(before: InferenceService, after: InferenceService): Happening[] {
  const asked = after.metadata.annotations?.[RECONCILE_REQUESTED_AT];
  if (asked === undefined || asked === before.metadata.annotations?.[RECONCILE_REQUESTED_AT])
    return [];
  const message = "LLMKube was asked to look at the service again.";
  const field = reconcileRequestField(asked);
  return [{ field, reason: "ReconcileRequested", message, severity: "info", once: true }];
}

function phaseHappenings(from: string | undefined, to: string | undefined): Happening[] {
  if (from === to || to === undefined) return [];
  const was = from === undefined ? "" : ` (was ${from})`;
  const severity = PHASE_SEVERITY[to] ?? "info";
  return [{ field: "phase", reason: `Phase${to}`, message: `Phase is ${to}${was}.`, severity }];
}

function conditionHappenings(
  before: readonly Condition[],
  after: readonly Condition[],
): Happening[] {
  const left = new Set(after.map((condition) => condition.type));
  const changed = changedConditions(before, after);
  const removed = before.filter((condition) => !left.has(condition.type));
  return [
    ...changed.map((condition) => ({
      field: `condition/${condition.type}`,
      reason: condition.reason,
      message: `Condition ${condition.type} is ${condition.status}. ${condition.message}`.trim(),
      severity: conditionSeverity(condition),
    })),
    ...removed.map(({ type, reason }) => ({
      field: `condition/${type}`,
      reason,
      message: `Condition ${type} was removed.`,
      severity: "info" as const,
    })),
  ];
}

function conditionSeverity(condition: Condition): Severity {
  const severities = { good: "ok", bad: "error", neutral: "info" } as const;
  return severities[toneOf(condition)];
}
