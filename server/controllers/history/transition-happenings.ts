import type { Severity } from "@/server/contract/finding";
import type { Condition } from "@/server/domain/objects";
import type { Happening } from "./happening";

/** What transitions are told of: a Kubernetes condition, however much of it the kind has. */
type AnyCondition = Pick<Condition, "type" | "status"> & Partial<Condition>;

/** A phase that became another; none while it stays or is not known. */
export function phaseHappening(change: {
  readonly noun: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Before the phase in the reason: `Claim` gives `ClaimBound`. */
  readonly prefix: string;
  readonly severities: Readonly<Record<string, Severity>>;
}): Happening[] {
  const { noun, from, to, prefix, severities } = change;
  if (from === to || to === undefined) return [];
  const was = from === undefined ? "" : ` (was ${from})`;
  const message = `The ${noun} is ${to}${was}.`;
  return [
    { field: "phase", reason: `${prefix}${to}`, message, severity: severities[to] ?? "info" },
  ];
}

/** The condition that is there after, where its status or reason is another than before. Words and times alone are nothing. */
export function changedConditions<C extends AnyCondition>(
  before: readonly C[] | undefined,
  after: readonly C[] | undefined,
): C[] {
  const known = new Map(before?.map((condition) => [condition.type, condition]));
  return (after ?? []).filter((condition) => {
    const old = known.get(condition.type);
    return old?.status !== condition.status || old.reason !== condition.reason;
  });
}

/** A deletion that began: the object stays until what holds it lets go. */
export function terminatingHappening(
  change: { readonly noun: string; readonly reason: string },
  before: { readonly metadata: { readonly deletionTimestamp?: string } },
  after: { readonly metadata: { readonly deletionTimestamp?: string } },
): Happening[] {
  const began =
    before.metadata.deletionTimestamp === undefined &&
    after.metadata.deletionTimestamp !== undefined;
  if (!began) return [];
  const message = `The ${change.noun} is being deleted.`;
  return [{ field: "deletion", reason: change.reason, message, severity: "warning" }];
}
