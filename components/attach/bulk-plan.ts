import type { BulkPreflight, Check, Preflight } from "@/server/contract/preflight";
import type { FieldOwner } from "@/server/contract/service-view";
import type { Repository } from "@/server/contract/preflight";
import { waits } from "./apply-choice";

/** What becomes of one service when the claim is applied to all. */
export type BulkFate =
  | "ready" // is written
  | "waits" // is stored, and written once nothing blocks
  | "owned" // another manager has the field
  | "already" // says so already
  | "forbidden"
  | "gone";

export type BulkRow = Readonly<{
  name: string;
  fate: BulkFate;
  preflight: Preflight | null;
  /** Whom the field would be taken from; null where nobody else has it. */
  owner: FieldOwner | null;
  repository: Repository | null;
}>;

const MOORING = "mooring";

/** One row for each service, in the order asked for. */
export function toBulkRows({ items }: BulkPreflight): BulkRow[] {
  return items.map(({ name, preflight }) => ({
    name,
    preflight,
    fate: fateOf(preflight),
    owner: preflight === null ? null : foreignOwner(preflight),
    repository: preflight?.repository ?? null,
  }));
}

function fateOf(preflight: Preflight | null): BulkFate {
  if (preflight === null) return "gone";
  if (preflight.checks.some(isForbidden)) return "forbidden";
  if (preflight.diff.length === 0 && preflight.verdict !== "block") return "already";
  if (foreignOwner(preflight) !== null) return "owned";
  return waits(preflight) ? "waits" : "ready";
}

function isForbidden({ code, verdict }: Check): boolean {
  return code === "Permission" && verdict === "block";
}

function foreignOwner({ ownership }: Preflight): FieldOwner | null {
  return ownership === null || ownership.manager === MOORING ? null : ownership;
}

const WORDS = {
  ready: ["can be applied", "can be applied"],
  waits: ["waits while a check blocks", "wait while a check blocks"],
  owned: ["has its field owned by another manager", "have their field owned by another manager"],
  already: ["says so already", "say so already"],
  forbidden: ["may not be changed by you", "may not be changed by you"],
  gone: ["does not exist any more", "do not exist any more"],
} as const satisfies Record<BulkFate, readonly [string, string]>;

/** `2 can be applied, 1 waits while a check blocks.` */
export function summariseFates(rows: readonly BulkRow[]): string {
  const parts = (Object.keys(WORDS) as BulkFate[]).flatMap((fate) => {
    const count = rows.filter((row) => row.fate === fate).length;
    const [one, many] = WORDS[fate];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return `${parts.join(", ")}.`;
}
