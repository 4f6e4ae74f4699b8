"use client";

import { IconStack2, IconZoomCancel } from "@tabler/icons-react";
import Link from "next/link";
import { useMemo } from "react";

import { EmptyState } from "@/components/primitives/states";
import { Button } from "@mantine/core";
import { useServices } from "@/components/query/lists";
import { useNamespaces } from "@/components/shell/namespaces";
import { saveFile, toCsv } from "@/components/table/csv";
import { DataTable } from "@/components/table/data-table";
import { applyFacets, searchRows } from "@/components/table/facets";
import { ListHead } from "@/components/table/list-head";
import { TableSkeleton } from "@/components/table/table-skeleton";
import { useTableState } from "@/components/table/table-state";
import { TableToolbar } from "@/components/table/table-toolbar";
import type { ServiceView } from "@/server/contract/service-view";
import { serviceColumns, serviceHref } from "./service-columns";
import { serviceCsvColumns } from "./service-csv";
import { serviceFacetIds, serviceFacets, serviceText } from "./service-facets";
import "./services.css";
import { summariseServices } from "./summarise-services";

const NONE: readonly ServiceView[] = [];
const keyOf = (service: ServiceView) => `${service.namespace}/${service.name}`;

/** Every service, worst first, narrowed down by the URL. */
export function ServicesPage() {
  const list = useServices();
  const state = useTableState(serviceFacetIds, "finding");
  const { selected: namespaces } = useNamespaces();
  const { query, selection } = state;
  const inNamespaces = useMemo(() => {
    const rows = (list?.items ?? NONE).filter(
      (row) => namespaces.length === 0 || namespaces.includes(row.namespace),
    );
    return rows.sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  }, [list, namespaces]);
  const found = useMemo(() => searchRows(inNamespaces, query, serviceText), [inNamespaces, query]);
  const shown = useMemo(() => applyFacets(found, serviceFacets, selection), [found, selection]);
  return (
    <>
      <ListHead
        title="Services"
        summary={
          list === undefined
            ? "Reading the cluster…"
            : summariseServices(inNamespaces, shown.length)
        }
        onExport={() => saveFile("services.csv", toCsv(shown, serviceCsvColumns), "text/csv")}
      />
      <TableToolbar what="services" rows={found} facets={serviceFacets} state={state} />
      {list === undefined ? (
        <TableSkeleton label="services" />
      ) : shown.length === 0 ? (
        <NoServices filtered={inNamespaces.length > 0} onClear={state.clear} />
      ) : (
        <DataTable
          id="services"
          label="Services"
          rows={shown}
          columns={serviceColumns}
          sorting={state.sorting}
          onSorting={state.setSorting}
          keyOf={keyOf}
          hrefOf={serviceHref}
          severityOf={(row) => row.severity}
          attachHrefOf={(row) => `${serviceHref(row)}?attach=`}
        />
      )}
    </>
  );
}

function NoServices({ filtered, onClear }: Readonly<{ filtered: boolean; onClear: () => void }>) {
  if (filtered) {
    return (
      <EmptyState
        icon={IconZoomCancel}
        title="No service fits these filters"
        action={<Button onClick={onClear}>Clear all filters</Button>}
      >
        Take one away, or clear them all.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconStack2} title="No InferenceService here">
      None exists in these namespaces, or this identity may not list them:{" "}
      <Link href="/about">what Mooring may see</Link>.
    </EmptyState>
  );
}
