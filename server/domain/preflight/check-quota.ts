import type { Check, Verdict } from "@/server/contract/preflight";
import type { ServiceFacts } from "../facts";
import { seen } from "../findings/finding";
import type { PodSpec, ResourceQuota } from "../objects";
import { type Amounts, type ContainerAmounts, containerAmounts } from "../policy/container-amounts";
import {
  claimUsage,
  countsClaims,
  countsPod,
  linesFor,
  podUsage,
  type QuotaLine,
  timesThatFit,
  unstated,
} from "../policy/quota";
import { operatorPod } from "../policy/operator-pod";
import { showNumber } from "../policy/show-amount";
import { desiredReplicas, isVisible } from "../service-state";
import { count, listNames, quote } from "../wording";
import { claimToBeMade } from "./claim-to-be-made";
import { rollsOut, strategyOf } from "./impact";
import { buildCheck, compareVerdict } from "./verdict";

type Made = {
  readonly before: ServiceFacts;
  readonly after: ServiceFacts;
  readonly spec: PodSpec;
};
type Answer = readonly [Verdict, string];
type Judged = { readonly quota: ResourceQuota; readonly answer: Answer };

/** Deployments replace a quarter of their pods at a time unless they say otherwise; the operator's never do. */
const SHARE_AT_A_TIME = 0.25;

/** Whether the namespace's quotas have room for the pods that the change makes, and for the claim if the operator makes one. */
export function checkQuota(made: Made): Check {
  const { surroundings, policy } = made.after;
  if (!isVisible(surroundings, "resourcequotas")) {
    return buildCheck("Quota", ["unknown", "Could not check: quotas may not be listed here."]);
  }
  if (policy.quotas.length === 0) {
    return buildCheck("Quota", ["pass", "The namespace has no quota."]);
  }
  if (!isVisible(surroundings, "limitranges")) {
    const message =
      "Could not check: limit ranges, whose defaults count in a quota, may not be listed here.";
    return buildCheck("Quota", ["unknown", message]);
  }
  const judged = policy.quotas.flatMap((quota) =>
    answersOf(quota, made).map((answer) => ({ quota, answer })),
  );
  const worst = [...judged].sort((a, b) => -compareVerdict(a.answer[0], b.answer[0]))[0];
  if (worst === undefined) {
    return buildCheck("Quota", ["pass", "The namespace's quotas have room for the new pods."]);
  }
  return buildCheck("Quota", worst.answer, [evidenceOf(worst, made.after)]);
}

function evidenceOf({ quota }: Judged, { surroundings }: ServiceFacts) {
  const value = JSON.stringify({ hard: quota.status?.hard, used: quota.status?.used });
  return seen(surroundings, { kind: "ResourceQuota", object: quota, field: "status", value });
}

/** What speaks against it; empty when the quota has room or does not count such objects. */
function answersOf(quota: ResourceQuota, made: Made): Answer[] {
  const name = quote(quota.metadata.name);
  const containers = containerAmounts(made.spec, made.after.policy.limitRanges);
  const counts = countsPod(quota, made.spec, containers);
  if (counts === null) {
    return [["unknown", `Could not check quota ${name}: it has a scope that is not known here.`]];
  }
  return [
    ...(counts ? podAnswers(quota, { ...made, containers }) : []),
    ...(countsClaims(quota) ? objectAnswers(quota, made) : []),
  ];
}

type WithContainers = Made & { readonly containers: readonly ContainerAmounts[] };

function podAnswers(quota: ResourceQuota, made: WithContainers): Answer[] {
  const name = quote(quota.metadata.name);
  const silent = unstated(quota, made.containers)[0];
  if (silent !== undefined) {
    const who = listNames(silent.containers, 4);
    return [
      [
        "block",
        `Quota ${name} demands that every container states ${silent.resource}, and ${who} ${silent.containers.length === 1 ? "does" : "do"} not: a limit range with defaults would state it for them.`,
      ],
    ];
  }
  const usage = podUsage(made.containers);
  const lines = linesFor(quota, usage);
  if (lines === null) return [notCounted(name)];
  return lines.flatMap((line) => roomAnswer(line, { ...made, name, usage }));
}

function notCounted(name: string): Answer {
  return ["unknown", `Could not check quota ${name}: what is used of it is not known yet.`];
}

function roomAnswer(
  line: QuotaLine,
  made: WithContainers & { readonly name: string; readonly usage: Amounts },
): Answer[] {
  const { resource } = line;
  const each = made.usage[resource] ?? 0;
  const { wanted, freedFirst, freedInAll } = replacement(made, resource);
  const amount = (value: number) => showNumber(resource, value);
  const has = `${amount(Math.max(0, line.hard - line.used))} of ${amount(line.hard)} ${resource} is left, a pod takes ${amount(each)}`;
  if (timesThatFit(line, each, freedFirst) < 1) {
    return [["block", `Quota ${made.name} has no room for a new pod: ${has}.`]];
  }
  const fit = timesThatFit(line, each, freedInAll);
  return fit >= wanted
    ? []
    : [["warn", `Quota ${made.name} has room for ${fit} of ${count(wanted, "pod")}: ${has}.`]];
}

/** What a quota would have to give for the change, by its names: at the start of the rollout, and by its end. Less is given back than taken only where it is more than 0. */
export function quotaDemand(
  before: ServiceFacts,
  after: ServiceFacts,
): { readonly quotas: readonly ResourceQuota[]; readonly first: Amounts; readonly last: Amounts } {
  const { policy } = after;
  const pod = operatorPod(after);
  const spec = pod.kind === "pod" ? pod.template.spec : undefined;
  if (spec === undefined || !rollsOut(before, after)) return { quotas: [], first: {}, last: {} };
  const containers = containerAmounts(spec, policy.limitRanges);
  const usage = podUsage(containers);
  const demands = Object.entries(usage).map(([resource, each]) => {
    const { wanted, freedFirst, freedInAll } = replacement({ before, after, spec }, resource);
    return [resource, each - freedFirst, each * wanted - freedInAll] as const;
  });
  return {
    quotas: policy.quotas.filter((quota) => countsPod(quota, spec, containers) === true),
    first: Object.fromEntries(demands.map(([resource, first]) => [resource, first])),
    last: Object.fromEntries(demands.map(([resource, , last]) => [resource, last])),
  };
}

/** What the present pods give back, before the first new one is made and by the end. */
function replacement({ before, after, spec }: Made, resource: string) {
  const wanted = desiredReplicas(after);
  const old = before.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const usages = old.map((pod) => {
    const amounts = podUsage(containerAmounts(pod.spec ?? spec, []));
    return amounts[resource] ?? 0;
  });
  const freedInAll = usages.reduce((sum, usage) => sum + usage, 0);
  if (strategyOf(before) === "Recreate") return { wanted, freedFirst: freedInAll, freedInAll };
  const atATime = Math.floor(old.length * SHARE_AT_A_TIME);
  const freedFirst = usages.slice(0, atATime).reduce((sum, usage) => sum + usage, 0);
  return { wanted, freedFirst, freedInAll };
}

function objectAnswers(quota: ResourceQuota, { before, after }: Made): Answer[] {
  const claim = claimToBeMade(after);
  const objects: readonly (readonly [string, Amounts])[] = [
    ["the new ReplicaSet", { "count/replicasets.apps": 1 }],
    ...(before.deployment === null
      ? [["the Deployment", { "count/deployments.apps": 1 }] as const]
      : []),
    ...(claim === null
      ? []
      : [
          [
            `the claim ${quote(claim.name)} that the operator makes`,
            claimUsage(claim.sizeBytes, claim.storageClass),
          ] as const,
        ]),
  ];
  return objects.flatMap(([what, usage]) => objectAnswer(quota, what, usage));
}

function objectAnswer(quota: ResourceQuota, what: string, usage: Amounts): Answer[] {
  const name = quote(quota.metadata.name);
  const lines = linesFor(quota, usage);
  if (lines === null) return [notCounted(name)];
  const full = lines.find((line) => timesThatFit(line, usage[line.resource] ?? 0, 0) < 1);
  if (full === undefined) return [];
  const { resource, hard, used } = full;
  const amount = (value: number) => showNumber(resource, value);
  return [
    [
      "block",
      `Quota ${name} has no room for ${what}: ${amount(Math.max(0, hard - used))} of ${amount(hard)} ${resource} is left, it takes ${amount(usage[resource] ?? 0)}.`,
    ],
  ];
}
