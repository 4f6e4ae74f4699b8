import type { ClaimList, ClaimView } from "@/server/contract/claim-view";
import { severities } from "@/server/contract/finding";
import type { ClaimQuery, ClaimSortColumn } from "@/server/contract/query";
import type { ServiceContext } from "./context";
import { pageOf, type SortValue } from "./list-page";
import { containsText } from "./list-services";

/** The claims that match every given filter, worst first unless asked otherwise. @throws AppError `ServiceUnavailable` before the first full read. */
export function listClaims(ctx: ServiceContext, query: ClaimQuery): ClaimList {
  const rows = ctx.rows.claims().filter((row) => matches(row, query));
  return {
    ...pageOf(rows, query, {
      key: (row) => `${row.namespace}/${row.name}`,
      value: (row, column) => SORT_VALUES[column as ClaimSortColumn](row),
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
  const wanted: readonly [readonly string[] | undefined, readonly (string | undefined)[]][] = [
    [query.namespace, [row.namespace]],
    [query.phase, [row.phase]],
    [query.storageClass, [row.storageClass?.name]],
    [query.node, row.nodeNames ?? []],
    [query.usedBy, row.usedBy.services.map(({ name }) => name)],
    [query.finding, row.findings.map(({ code }) => code)],
  ];
  return (
    wanted.every(([values, has]) => !values || values.some((value) => has.includes(value))) &&
    containsText(query.q, [
      row.namespace,
      row.name,
      row.volumeName,
      row.storageClass?.name ?? null,
      ...row.usedBy.services.map(({ name }) => name),
    ])
  );
}
