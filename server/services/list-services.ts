import { severities } from "@/server/contract/finding";
import type { ServiceQuery, ServiceSortColumn } from "@/server/contract/query";
import type { ServiceList, ServiceView } from "@/server/contract/service-view";
import type { ServiceContext } from "./context";
import { pageOf, type SortValue } from "./list-page";
import { containsText, passesFilters } from "./row-filter";

/** The services that match every given filter, worst first unless asked otherwise. @throws AppError `ServiceUnavailable` before the first full read. */
export function listServices(ctx: ServiceContext, query: ServiceQuery): ServiceList {
  const rows = ctx.rows.services().filter((row) => matches(row, query));
  return {
    ...pageOf(rows, query, {
      key: (row) => `${row.namespace}/${row.name}`,
      value: (row, column) => SORT_VALUES[column as ServiceSortColumn](row), // the query was checked to name one
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

function matches(row: ServiceView, query: ServiceQuery): boolean {
  return (
    passesFilters([
      [query.namespace, [row.namespace]],
      [query.severity, [row.severity]],
      [query.finding, row.findings.map(({ code }) => code)],
      [query.claim, claimsOf(row)],
      [query.storageClass, [row.storageClass]],
      [query.node, row.nodeNames],
    ]) &&
    containsText(query.q, [
      row.namespace,
      row.name,
      row.modelRef,
      ...claimsOf(row),
      ...row.nodeNames,
    ])
  );
}

function claimsOf({ cache }: ServiceView): (string | null)[] {
  return [cache.declaredClaim, cache.effectiveClaim, cache.rolledOutClaim, ...cache.mountedClaims];
}
