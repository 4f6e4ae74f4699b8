import type { ClaimList, ClaimView } from "@/server/contract/claim-view";
import { severities } from "@/server/contract/finding";
import type { ClaimQuery, ClaimSortColumn } from "@/server/contract/query";
import type { ServiceContext } from "./context";
import { pageOf, type SortValue } from "./list-page";
import { containsText, passesFilters } from "./row-filter";

/** The claims that match every given filter, worst first unless asked otherwise. @throws AppError `ServiceUnavailable` before the first full read. */
export function listClaims(ctx: ServiceContext, query: ClaimQuery): ClaimList {
  const rows = ctx.rows.claims().filter((row) => matches(row, query));
  return {
    ...pageOf(rows, query, {
      key: (row) => `${row.namespace}/${row.name}`,
      value: (row, column) => SORT_VALUES[column as ClaimSortColumn](row), // the query was checked to name one
    }),
    ...ctx.freshness(),
  };
}

const SORT_VALUES: Record<ClaimSortColumn, (row: ClaimView) => SortValue> = {
  severity: (row) => severities.indexOf(row.severity),
  namespace: (row) => row.namespace,
  name: (row) => row.name,
  phase: (row) => row.phase,
  capacity: (row) => row.capacityBytes,
  used: (row) => row.usage?.usedBytes ?? null,
  storageClass: (row) => row.storageClass?.name ?? null,
  node: (row) => row.nodeNames?.[0] ?? null,
  createdAt: (row) => row.createdAt,
};

function matches(row: ClaimView, query: ClaimQuery): boolean {
  const services = row.usedBy.services.map(({ name }) => name);
  const nodes = row.nodeNames ?? [];
  return (
    passesFilters([
      [query.namespace, [row.namespace]],
      [query.phase, [row.phase]],
      [query.storageClass, [row.storageClass?.name]],
      [query.node, nodes],
      [query.usedBy, services],
      [query.finding, row.findings.map(({ code }) => code)],
    ]) &&
    containsText(query.q, [
      row.namespace,
      row.name,
      row.volumeName,
      row.storageClass?.name ?? null,
      ...services,
      ...row.models,
      ...nodes,
    ])
  );
}
