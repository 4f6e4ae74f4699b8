import type { Check, Verdict } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { seen } from "../findings/finding";
import type { ResourceQuota } from "../objects";
import type { Amounts } from "../policy/container-amounts";
import { linesFor, type QuotaLine } from "../policy/quota";
import { showNumber } from "../policy/show-amount";
import { isVisible } from "../service-state";
import { quote } from "../wording";
import { quotaDemand } from "./check-quota";
import { buildCheck, compareVerdict } from "./verdict";

type Joining = { readonly before: ServiceFacts; readonly after: ServiceFacts };
type Answer = readonly [Verdict, string];

/** Float sums of quantities such as 100m are off by less. */
const ROUNDING = 1e-6;

/** Whether the namespace's quotas have room for the pods of all the services together; each alone is its own preflight's matter. */
export function combinedQuota(joining: readonly Joining[]): Check {
  const [first] = joining;
  if (first === undefined) return buildCheck("Quota", ["pass", "There is no service to look at."]);
  const { surroundings, policy } = first.after;
  const kinds = ["resourcequotas", "limitranges"] as const;
  if (kinds.some((kind) => !isVisible(surroundings, kind))) {
    const message = "Could not check: quotas or limit ranges may not be listed here.";
    return buildCheck("Quota", ["unknown", message]);
  }
  const demands = joining.map(({ before, after }) => quotaDemand(before, after));
  const answers = policy.quotas.flatMap((quota) => {
    const counted = demands.filter(({ quotas }) => quotas.includes(quota));
    const found = answersOf(quota, {
      first: total(counted.map((demand) => demand.first)),
      last: total(counted.map((demand) => demand.last)),
    });
    return found.map((answer) => ({ quota, answer }));
  });
  const worst = [...answers].sort((a, b) => -compareVerdict(a.answer[0], b.answer[0]))[0];
  if (worst === undefined) {
    return buildCheck("Quota", ["pass", "The namespace's quotas have room for all of them."]);
  }
  const value = JSON.stringify({
    hard: worst.quota.status?.hard,
    used: worst.quota.status?.used,
  });
  return buildCheck("Quota", worst.answer, [
    seen(surroundings, { kind: "ResourceQuota", object: worst.quota, field: "status", value }),
  ]);
}

function total(demands: readonly Amounts[]): Amounts {
  const sums: Record<string, number> = {};
  for (const [resource, amount] of demands.flatMap((demand) => Object.entries(demand))) {
    sums[resource] = (sums[resource] ?? 0) + amount;
  }
  return sums;
}

function answersOf(quota: ResourceQuota, needs: { first: Amounts; last: Amounts }): Answer[] {
  const name = quote(quota.metadata.name);
  const touched = { ...positive(needs.first), ...positive(needs.last) };
  const lines = linesFor(quota, touched);
  if (lines === null) {
    return [["unknown", `Could not check quota ${name}: what is used of it is not known yet.`]];
  }
  const short = lines.find((line) => isShort(line, needs.last));
  if (short !== undefined) {
    return [["block", `Quota ${name} has no room for all of them: ${left(short, needs.last)}.`]];
  }
  const waits = lines.find((line) => isShort(line, needs.first));
  if (waits === undefined) return [];
  return [
    [
      "warn",
      `Quota ${name} lets them start one after the other only: ${left(waits, needs.first)}.`,
    ],
  ];
}

function positive(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount > 0));
}

function isShort({ resource, hard, used }: QuotaLine, needs: Amounts): boolean {
  return used + (needs[resource] ?? 0) > hard + ROUNDING;
}

function left({ resource, hard, used }: QuotaLine, needs: Amounts): string {
  const amount = (value: number) => showNumber(resource, value);
  return `${amount(Math.max(0, hard - used))} of ${amount(hard)} ${resource} is left, together they take ${amount(needs[resource] ?? 0)}`;
}
