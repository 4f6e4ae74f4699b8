import type { LimitRange, LimitRangeItem } from "../objects";
import { type Amounts, type ContainerAmounts, parse, podAmounts } from "./container-amounts";
import { showAmount } from "./show-amount";

/** What a limit range minds, as half a sentence, and the range itself. */
export type LimitViolation = { readonly range: LimitRange; readonly why: string };

type Subject = {
  readonly who: string;
  readonly requests: Amounts;
  /** null: limits do not count, as of a claim. */
  readonly limits: Amounts | null;
};

/** What the namespace's limit ranges would refuse a pod for; empty when nothing. Follows LimitRanger's PodValidateLimitFunc. */
export function podViolations(
  containers: readonly ContainerAmounts[],
  ranges: readonly LimitRange[],
): LimitViolation[] {
  const pod: Subject = {
    who: "the pod",
    requests: podAmounts(containers, "requests"),
    limits: podAmounts(containers, "limits"),
  };
  const outside = everyItem(ranges).flatMap(({ range, item }) => {
    const subjects =
      item.type === "Container"
        ? containers.map(({ name, ...amounts }) => ({ ...amounts, who: `container ${name}` }))
        : item.type === "Pod"
          ? [pod]
          : [];
    return subjects.flatMap((subject) => violations(subject, item)).map((why) => ({ range, why }));
  });
  return [...outside, ...everyItem(ranges).flatMap((each) => lowDefaults(containers, each))];
}

/** A default limit below what a container asks for makes a pod that is not valid. */
function lowDefaults(
  containers: readonly ContainerAmounts[],
  { range, item }: { readonly range: LimitRange; readonly item: LimitRangeItem },
): LimitViolation[] {
  const defaults = item.type === "Container" ? Object.keys(item.default ?? {}) : [];
  return containers.flatMap(({ name: container, requests, limits }) =>
    defaults
      .filter((name) => (requests[name] ?? 0) > (limits[name] ?? Infinity))
      .map((name) => {
        const [request, limit] = [requests[name] ?? 0, limits[name] ?? 0];
        const why = `container ${container} asks for ${showAmount(name, request)} and gets a default limit of ${showAmount(name, limit)}`;
        return { range, why };
      }),
  );
}

/** What the namespace's limit ranges would refuse a claim of that size for. */
export function claimViolations(
  sizeBytes: number,
  ranges: readonly LimitRange[],
): LimitViolation[] {
  const claim: Subject = { who: "the claim", requests: { storage: sizeBytes }, limits: null };
  return everyItem(ranges)
    .filter(({ item }) => item.type === "PersistentVolumeClaim")
    .flatMap(({ range, item }) => violations(claim, item).map((why) => ({ range, why })));
}

function everyItem(ranges: readonly LimitRange[]) {
  return ranges.flatMap((range) => (range.spec?.limits ?? []).map((item) => ({ range, item })));
}

function violations(subject: Subject, item: LimitRangeItem): string[] {
  return [
    ...Object.entries(parse(item.min)).flatMap(([name, least]) => below(subject, name, least)),
    ...Object.entries(parse(item.max)).flatMap(([name, most]) => above(subject, name, most)),
    ...Object.entries(parse(item.maxLimitRequestRatio)).flatMap(([name, most]) =>
      stretched(subject, name, most),
    ),
  ];
}

function below({ who, requests, limits }: Subject, name: string, least: number): string[] {
  const [request, limit] = [requests[name], limits?.[name]];
  const range = `at least ${showAmount(name, least)}`;
  if (request === undefined) return [`${who} has to ask for ${range}, and asks for none`];
  if (request < least)
    return [`${who} has to ask for ${range}, and asks for ${showAmount(name, request)}`];
  return limit !== undefined && limit < least
    ? [`${who} has to have a limit of ${range}, and has ${showAmount(name, limit)}`]
    : [];
}

function above({ who, requests, limits }: Subject, name: string, most: number): string[] {
  const [request, limit] = [requests[name], limits?.[name]];
  const range = `at most ${showAmount(name, most)}`;
  if (limits !== null && limit === undefined) {
    return [`${who} has to have a limit of ${range}, and has none`];
  }
  if (limit !== undefined && limit > most) {
    return [`${who} may have a limit of ${range}, and has ${showAmount(name, limit)}`];
  }
  return request !== undefined && request > most
    ? [`${who} may ask for ${range}, and asks for ${showAmount(name, request)}`]
    : [];
}

function stretched({ who, requests, limits }: Subject, name: string, most: number): string[] {
  const [request = 0, limit = 0] = [requests[name], limits?.[name]];
  if (request === 0 || limit === 0) {
    return [`${who} has to have both a request and a limit of ${name}, for their ratio counts`];
  }
  return limit / request > most
    ? [
        `${who} may have a ${name} limit of ${most} times its request, and has ${(limit / request).toFixed(1)} times`,
      ]
    : [];
}
