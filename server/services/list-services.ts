import { severities } from "@/server/contract/finding";
import type { ServiceQuery, ServiceSortColumn } from "@/server/contract/query";
import type { ServiceList, ServiceView } from "@/server/contract/service-view";
import type { ServiceContext } from "./context";
import { pageOf, type SortValue } from "./list-page";

/** The services that match every given filter, worst first unless asked otherwise. @throws AppError `ServiceUnavailable` before the first full read. */
export function listServices(ctx: ServiceContext, query: ServiceQuery): ServiceList {
  const rows = ctx.rows.services().filter((row) => matches(row, query));
  return {
    ...pageOf(rows, query, {
      key: (row) => `${row.namespace}/${row.name}`,
      value: (row, column) => SORT_VALUES[column as ServiceSortColumn](row),
    }),
    ...ctx.freshness(),
  };
}

const SORT_VALUES: Record<ServiceSortColumn, (row: ServiceView) => SortValue> = {
  severity: (row) => severities.indexOf(row.severity),
  namespace: (row) => row.namespace,
  name: (row) => row.name,
  model: (row) => row.modelRef,
  claim: (row) => row.cache.effectiveClaim,
  node: (row) => row.nodeNames[0] ?? null,
  size: (row) => row.model?.sizeBytes ?? null,
  ready: (row) => row.replicas.ready,
  createdAt: (row) => row.createdAt,
};

/** One test per filter: a filter that is not given matches everything. */
function matches(row: ServiceView, query: ServiceQuery): boolean {
  const wanted: readonly [readonly string[] | undefined, readonly (string | null)[]][] = [
    [query.namespace, [row.namespace]],
    [query.severity, [row.severity]],
    [query.finding, row.findings.map(({ code }) => code)],
    [query.claim, claimsOf(row)],
    [query.storageClass, [row.storageClass]],
    [query.node, row.nodeNames],
  ];
  return (
    wanted.every(([values, has]) => !values || values.some((value) => has.includes(value))) &&
    containsText(query.q, [row.namespace, row.name, row.modelRef, ...claimsOf(row)])
  );
}

function claimsOf({ cache }: ServiceView): (string | null)[] {
  return [cache.declaredClaim, cache.effectiveClaim, cache.rolledOutClaim, ...cache.mountedClaims];
}

/** Whether one of the texts holds what is searched for, letter case aside. Nothing searched for is everywhere. Pure. */
export function containsText(q: string | undefined, texts: readonly (string | null)[]): boolean {
  const wanted = q?.trim().toLowerCase();
  return !wanted || texts.some((text) => text?.toLowerCase().includes(wanted));
}
