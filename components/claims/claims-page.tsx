"use client";

import { Button } from "@mantine/core";
import { IconDatabase, IconZoomCancel } from "@tabler/icons-react";
import Link from "next/link";
import { useMemo } from "react";

import { EmptyState } from "@/components/primitives/states";
import { useClaims } from "@/components/query/lists";
import { useNamespaces } from "@/components/shell/namespaces";
import { saveFile, toCsv } from "@/components/table/csv";
import { DataTable } from "@/components/table/data-table";
import { applyFacets, searchRows } from "@/components/table/facets";
import { ListHead } from "@/components/table/list-head";
import { TableSkeleton } from "@/components/table/table-skeleton";
import { useTableState } from "@/components/table/table-state";
import { TableToolbar } from "@/components/table/table-toolbar";
import type { ClaimView } from "@/server/contract/claim-view";
import { claimColumns, claimHref } from "./claim-columns";
import { claimCsvColumns, claimFacetIds, claimFacets, claimText } from "./claim-facets";
import "./claims.css";

const NONE: readonly ClaimView[] = [];
const keyOf = (claim: ClaimView) => `${claim.namespace}/${claim.name}`;

/** Every claim, labelled or not: whose it is, how full, where, and who uses it. */
export function ClaimsPage() {
  const list = useClaims();
  const state = useTableState(claimFacetIds, "finding");
  const { selected: namespaces } = useNamespaces();
  const { query, selection } = state;
  const inNamespaces = useMemo(
    () =>
      (list?.items ?? NONE)
        .filter((row) => namespaces.length === 0 || namespaces.includes(row.namespace))
        .sort((a, b) => keyOf(a).localeCompare(keyOf(b))),
    [list, namespaces],
  );
  const found = useMemo(() => searchRows(inNamespaces, query, claimText), [inNamespaces, query]);
  const shown = useMemo(() => applyFacets(found, claimFacets, selection), [found, selection]);
  return (
    <>
      <ListHead
        title="Claims"
        summary={
          list === undefined ? "Reading the cluster…" : summarise(inNamespaces, shown.length)
        }
        onExport={() => saveFile("claims.csv", toCsv(shown, claimCsvColumns), "text/csv")}
      />
      <TableToolbar what="claims" rows={found} facets={claimFacets} state={state} />
      {list === undefined ? (
        <TableSkeleton label="claims" />
      ) : shown.length === 0 ? (
        <NoClaims filtered={inNamespaces.length > 0} onClear={state.clear} />
      ) : (
        <DataTable
          id="claims"
          label="Claims"
          rows={shown}
          columns={claimColumns}
          sorting={state.sorting}
          onSorting={state.setSorting}
          keyOf={keyOf}
          hrefOf={claimHref}
          severityOf={(row) => row.severity}
        />
      )}
    </>
  );
}

function summarise(claims: readonly ClaimView[], shown: number): string {
  const unused = claims.filter(({ usedBy }) => usedBy.services.length === 0).length;
  const total = `${claims.length} ${claims.length === 1 ? "claim" : "claims"}, ${unused} used by no service.`;
  return shown === claims.length ? total : `${total} ${shown} shown.`;
}

function NoClaims({ filtered, onClear }: Readonly<{ filtered: boolean; onClear: () => void }>) {
  if (filtered) {
    return (
      <EmptyState
        icon={IconZoomCancel}
        title="No claim fits these filters"
        action={<Button onClick={onClear}>Clear all filters</Button>}
      >
        Take one away, or clear them all.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconDatabase} title="No PersistentVolumeClaim here">
      None exists in these namespaces, or this identity may not list them:{" "}
      <Link href="/about">what Mooring may see</Link>.
    </EmptyState>
  );
}
