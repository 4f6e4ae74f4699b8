import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { ObjectKey } from "@/server/contract/service-view";
import type { FindingChange, OpenFinding } from "@/server/notification-ports";

/** A finding as a row has it now, and since when (epoch milliseconds) it has been there without a break. */
export type SeenFinding = { readonly finding: Finding; readonly sinceMs: number };

/** What is told: the rest is for whoever looks at the service anyway. */
const TOLD: ReadonlySet<Severity> = new Set(["error", "warning"]);

/** What is known of one service. */
export type FindingState = {
  readonly service: ObjectKey;
  readonly seen: ReadonlyMap<FindingCode, SeenFinding>;
  readonly open: ReadonlyMap<FindingCode, OpenFinding>;
  /** Since when (epoch milliseconds) an open finding has been gone without a break. */
  readonly goneSinceMs: ReadonlyMap<FindingCode, number>;
};

export type FindingPlan = {
  readonly changes: readonly FindingChange[];
  /** When to look again, if nothing happens before; null: not by itself. */
  readonly dueInMs: number | null;
};

/** The worst of each code among the findings that are told; of equals the first. */
export function toldFindings(findings: readonly Finding[]): ReadonlyMap<FindingCode, Finding> {
  const told = new Map<FindingCode, Finding>();
  for (const finding of findings) {
    if (!TOLD.has(finding.severity)) continue;
    const known = told.get(finding.code);
    if (known === undefined || (known.severity === "warning" && finding.severity === "error"))
      told.set(finding.code, finding);
  }
  return told;
}

/**
 * What opened and what closed: a finding that was there, or was gone, for `settleMs` without a break. One that comes and
 * goes faster is neither.
 */
export function planFindingChanges(
  { service, seen, open, goneSinceMs }: FindingState,
  { nowMs, settleMs }: { readonly nowMs: number; readonly settleMs: number },
): FindingPlan {
  const coming = [...seen].filter(([code]) => !open.has(code));
  const going = [...open].filter(([code]) => !seen.has(code));
  const opened = coming
    .filter(([, { sinceMs }]) => nowMs - sinceMs >= settleMs)
    .map(([, found]) => toOpened(service, found));
  const closed = going.flatMap(([code, finding]) => {
    const sinceMs = goneSinceMs.get(code) ?? nowMs;
    return nowMs - sinceMs >= settleMs ? [{ ...finding, closedAt: new Date(sinceMs) }] : [];
  });
  const waits = [
    ...coming.map(([, { sinceMs }]) => sinceMs),
    ...going.map(([code]) => goneSinceMs.get(code) ?? nowMs),
  ]
    .map((sinceMs) => sinceMs + settleMs - nowMs)
    .filter((waitMs) => waitMs > 0);
  return {
    changes: [...opened, ...closed],
    dueInMs: waits.length === 0 ? null : Math.min(...waits),
  };
}

function toOpened(service: ObjectKey, { finding, sinceMs }: SeenFinding): FindingChange {
  const { code, severity, message, nextStep } = finding;
  return {
    service,
    code,
    severity,
    message,
    nextStep,
    openedAt: new Date(sinceMs),
    closedAt: null,
  };
}
