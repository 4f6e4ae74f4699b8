import { asArray, asRecord, asText, isRecord, valueAt, type JsonRecord } from "../json";
import type { KubeObject } from "../objects";
import { quantityText } from "./parse-quantity";
import { amounts, type Amounts, containersOf, podTotal, resourcesOf } from "./pod-resources";

type Item = JsonRecord;
interface Subject {
  requests: Amounts;
  limits: Amounts | undefined;
}

function itemsOf(range: KubeObject): Item[] {
  return asArray(valueAt(range, "spec.limits")).filter(isRecord);
}

/** Gives containers of a new pod the requests and limits that they leave out, in place. */
export function applyLimitDefaults(pod: KubeObject, ranges: readonly KubeObject[]): void {
  for (const item of ranges.flatMap(itemsOf)) {
    if (item["type"] !== "Container") continue;
    for (const { container } of containersOf(asRecord(pod.spec))) {
      const resources = asRecord(container["resources"]);
      const limits = { ...asRecord(item["default"]), ...asRecord(resources["limits"]) };
      const requests = { ...asRecord(item["defaultRequest"]), ...asRecord(resources["requests"]) };
      container["resources"] = {
        ...resources,
        ...(Object.keys(limits).length > 0 ? { limits } : {}),
        ...(Object.keys(requests).length > 0 ? { requests } : {}),
      };
    }
  }
}

/** Why the limit ranges refuse the pod, in the words of LimitRanger. */
export function podLimitProblems(pod: KubeObject, ranges: readonly KubeObject[]): string[] {
  const containers = resourcesOf(asRecord(pod.spec));
  const whole = {
    requests: podTotal(containers, "requests"),
    limits: podTotal(containers, "limits"),
  };
  return ranges.flatMap(itemsOf).flatMap((item) => {
    if (item["type"] === "Pod") return problems(item, whole);
    return item["type"] === "Container" ? containers.flatMap((each) => problems(item, each)) : [];
  });
}

/** Why the limit ranges refuse the claim. */
export function claimLimitProblems(claim: KubeObject, ranges: readonly KubeObject[]): string[] {
  const requests = amounts(valueAt(claim, "spec.resources.requests"));
  return ranges
    .flatMap(itemsOf)
    .filter((item) => item["type"] === "PersistentVolumeClaim")
    .flatMap((item) => problems(item, { requests, limits: undefined }));
}

function problems(item: Item, subject: Subject): string[] {
  const per = asText(item["type"]);
  const each = (field: string, judge: (name: string, bound: number) => string[]) =>
    Object.entries(amounts(item[field])).flatMap(([name, bound]) => judge(name, bound));
  return [
    ...each("min", (name, least) => tooLittle(subject, { name, per, bound: least })),
    ...each("max", (name, most) => tooMuch(subject, { name, per, bound: most })),
    ...each("maxLimitRequestRatio", (name, most) => tooFar(subject, { name, per, bound: most })),
  ];
}

interface Bound {
  name: string;
  per: string;
  bound: number;
}

function tooLittle({ requests, limits }: Subject, { name, per, bound }: Bound): string[] {
  const start = `minimum ${name} usage per ${per} is ${quantityText(bound)}`;
  const [request, limit] = [requests[name], limits?.[name]];
  if (request === undefined) return [`${start}.  No request is specified`];
  if (request < bound) return [`${start}, but request is ${quantityText(request)}`];
  if (limit === undefined || limit >= bound) return [];
  return [`${start}, but limit is ${quantityText(limit)}`];
}

function tooMuch({ requests, limits }: Subject, { name, per, bound }: Bound): string[] {
  const start = `maximum ${name} usage per ${per} is ${quantityText(bound)}`;
  const [request, limit] = [requests[name], limits?.[name]];
  if (limits !== undefined && limit === undefined) return [`${start}.  No limit is specified`];
  if (limit !== undefined) {
    return limit > bound ? [`${start}, but limit is ${quantityText(limit)}`] : [];
  }
  if (request === undefined || request <= bound) return [];
  return [`${start}, but request is ${quantityText(request)}`];
}

function tooFar({ requests, limits }: Subject, { name, per, bound }: Bound): string[] {
  const start = `${name} max limit to request ratio per ${per} is ${quantityText(bound)}`;
  const [request = 0, limit = 0] = [requests[name], limits?.[name]];
  if (request === 0) return [`${start}, but no request is specified or request is 0`];
  if (limit === 0) return [`${start}, but no limit is specified or limit is 0`];
  const ratio = limit / request;
  return ratio > bound ? [`${start}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}
