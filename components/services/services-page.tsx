"use client";

import { IconStack2, IconZoomCancel } from "@tabler/icons-react";
import Link from "next/link";
import { useQueryState } from "nuqs";
import dynamic from "next/dynamic";
import { useMemo } from "react";

import { EmptyState } from "@/components/primitives/states";
import { Button } from "@mantine/core";
import { useServices } from "@/components/query/lists";
import { useNamespaces } from "@/components/shell/namespaces";
import { DataTable } from "@/components/table/data-table";
import { applyFacets, searchRows } from "@/components/table/facets";
import { ListHead } from "@/components/table/list-head";
import { TableSkeleton } from "@/components/table/table-skeleton";
import { useTableState } from "@/components/table/table-state";
import { TableToolbar } from "@/components/table/table-toolbar";
import type { ServiceView } from "@/server/contract/service-view";
import { serviceColumns, serviceHref } from "./service-columns";
import { serviceFacetIds, serviceFacets, serviceText } from "./service-facets";
import "./services.css";
import { summariseServices } from "./summarise-services";
import { useSelection } from "./use-selection";

// What few visits need comes when it is needed.
const SelectionBar = dynamic(async () => (await import("./selection-bar")).SelectionBar, {
  ssr: false,
});
const BulkPanel = dynamic(async () => (await import("@/components/attach/bulk-panel")).BulkPanel, {
  ssr: false,
});

const NONE: readonly ServiceView[] = [];
const keyOf = (service: ServiceView) => `${service.namespace}/${service.name}`;

/** Every service, worst first, narrowed down by the URL. */
export function ServicesPage() {
  const list = useServices();
  const state = useTableState(serviceFacetIds, "finding");
  const { selected: namespaces } = useNamespaces();
  const { query, selection } = state;
  const picked = useSelection();
  const [bulk] = useQueryState("bulk");
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
        onExport={() => void exportRows(shown)}
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
          selection={picked}
        />
      )}
      {picked.selected.size === 0 ? null : (
        <Picked picked={picked} rows={inNamespaces} shown={shown} />
      )}
      {bulk === null ? null : <BulkPanel />}
    </>
  );
}

async function exportRows(rows: readonly ServiceView[]): Promise<void> {
  const { exportServices } = await import("./export-services");
  exportServices(rows);
}

type PickedProps = Readonly<{
  picked: ReturnType<typeof useSelection>;
  rows: readonly ServiceView[];
  shown: readonly ServiceView[];
}>;

function Picked({ picked, rows, shown }: PickedProps) {
  const isPicked = (row: ServiceView) => picked.selected.has(keyOf(row));
  const services = rows.filter(isPicked);
  return (
    <SelectionBar
      services={services}
      hidden={services.length - shown.filter(isPicked).length}
      onSelectOnly={(kept) => {
        picked.clear();
        picked.onSelect(kept.map(keyOf), true);
      }}
      onClear={picked.clear}
    />
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
