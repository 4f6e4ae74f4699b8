import type { Improvements } from "../improvements";
import type { Condition, Model } from "../objects";
import { findCondition, setCondition } from "../status/set-condition";
import type { ConditionUpdate, Stamp } from "../status/set-condition";

export type ModelStatus = NonNullable<Model["status"]>;

/** What is to be said of a Model. */
export type Verdict = {
  readonly phase: "Pending" | "Downloading" | "Copying" | "Ready" | "Failed";
  /** The last one says why the phase is what it is. */
  readonly conditions: readonly ConditionUpdate[];
  /** Fields that change with it; undefined takes a field away. */
  readonly fields?: { readonly [F in keyof ModelStatus]?: ModelStatus[F] | undefined };
  /** LLMKube itself marks what is left of an earlier wait or fault as over. */
  readonly supersedes?: boolean;
  /** Look again this much later although nothing may tell us. */
  readonly requeueAfterMs?: number;
};

export type Subject = {
  readonly model: Model;
  readonly improvements: Improvements;
  /** RFC 3339, without fractions. */
  readonly now: string;
};

export type ModelStatusPlan = {
  readonly status: ModelStatus;
  /** Ask again this much later although nothing may tell us; null when nothing can change by itself. */
  readonly requeueAfterMs: number | null;
};

/** The Model can be used, and LLMKube says of no earlier wait or fault that it is over. */
export function ready(reason: string, message: string, fields: Verdict["fields"] = {}): Verdict {
  return {
    phase: "Ready",
    conditions: [{ type: "Available", status: "True", reason, message }],
    fields,
  };
}

/** The Model cannot be used until somebody changes something. */
export function failed(reason: string, message: string): Verdict {
  return { phase: "Failed", conditions: [degraded(reason, message)] };
}

/** Something keeps the Model from being used. */
export function degraded(reason: string, message: string): ConditionUpdate {
  return { type: "Degraded", status: "True", reason, message };
}

/** The Model is on its way. */
export function progressing(reason: string, message: string): ConditionUpdate {
  return { type: "Progressing", status: "True", reason, message };
}

/** The Model's status with the verdict in it; the very same status when it says nothing new. */
export function planVerdict(subject: Subject, verdict: Verdict): ModelStatusPlan {
  const { requeueAfterMs = null } = verdict;
  return { status: withVerdict(subject, verdict), requeueAfterMs };
}

function withVerdict(subject: Subject, verdict: Verdict): ModelStatus {
  const { status: previous = {} } = subject.model;
  const { conditions: before = [] } = previous;
  const conditions = planConditions(before, verdict, subject);
  if (previous.phase === verdict.phase && conditions === before) return previous;
  return withFields(previous, {
    ...(verdict.phase === "Ready" ? { lastUpdated: subject.now } : {}),
    ...verdict.fields,
    phase: verdict.phase,
    conditions,
  });
}

function withFields(previous: ModelStatus, fields: NonNullable<Verdict["fields"]>): ModelStatus {
  const all = Object.entries({ ...previous, ...fields });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function planConditions(
  before: readonly Condition[],
  verdict: Verdict,
  { model, improvements, now }: Subject,
): readonly Condition[] {
  const stamp = { generation: model.metadata.generation ?? 0, now };
  const observed = improvements.has("ObservedState");
  let conditions = before;
  if (observed || verdict.supersedes === true) conditions = endOld(conditions, verdict, stamp);
  if (observed && verdict.phase !== "Ready") conditions = endAvailable(conditions, verdict, stamp);
  return verdict.conditions.reduce((all, update) => setCondition(all, update, stamp), conditions);
}

/** An earlier wait or fault that the verdict does not repeat is over. */
function endOld(
  before: readonly Condition[],
  verdict: Verdict,
  stamp: Stamp,
): readonly Condition[] {
  const said = new Set(verdict.conditions.map(({ type }) => type));
  return before
    .filter(({ type, status }) => ENDING.has(type) && !said.has(type) && status === "True")
    .reduce((all, { type, message }) => setCondition(all, over(type, message), stamp), before);
}

const ENDING: ReadonlySet<string> = new Set(["Progressing", "Degraded"]);

function over(type: string, message: string): ConditionUpdate {
  return { type, status: "False", reason: "Superseded", message: `Over: ${message}` };
}

/** A Model that was Ready once and is not any more. */
function endAvailable(
  before: readonly Condition[],
  { conditions }: Verdict,
  stamp: Stamp,
): readonly Condition[] {
  const why = conditions.at(-1);
  if (why === undefined || findCondition(before, "Available")?.status !== "True") return before;
  const { reason, message } = why;
  return setCondition(before, { type: "Available", status: "False", reason, message }, stamp);
}
