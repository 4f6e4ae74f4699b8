"use client";

import Link from "next/link";

import { formatBytes } from "@/components/format/bytes";
import { Age } from "@/components/primitives/age";
import { pageOf } from "@/components/primitives/object-link";
import { Unknown } from "@/components/primitives/unknown";
import { columnsOf } from "@/components/table/table-features";
import { severities } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";
import { CacheCell } from "./cache-cell";
import { FindingCell } from "./finding-cell";

const column = columnsOf<ServiceView>();

/** Where a service's page is. */
export function serviceHref(service: ServiceView): string {
  return pageOf("InferenceService", service.namespace, service.name) ?? "/";
}

/** The columns of the services table. Ascending is worst first, smallest first, oldest last. */
export const serviceColumns = column.columns([
  column.accessor((row) => `${row.name} ${row.namespace}`, {
    id: "service",
    header: "Service",
    sortFn: "byValue",
    cell: ({ row }) => (
      <>
        <Link href={serviceHref(row.original)} className="row-link">
          {row.original.name}
        </Link>{" "}
        <span className="faint">{row.original.namespace}</span>
      </>
    ),
  }),
  column.accessor((row) => row.model?.sizeBytes ?? null, {
    id: "model",
    header: "Model",
    sortFn: "byValue",
    cell: ({ row }) => <ModelCell service={row.original} />,
  }),
  column.accessor((row) => row.cache.effectiveClaim ?? row.cache.kind, {
    id: "cache",
    header: "Cache",
    sortFn: "byValue",
    cell: ({ row }) => <CacheCell service={row.original} />,
  }),
  column.accessor((row) => severities.indexOf(row.severity), {
    id: "finding",
    header: "Finding",
    sortFn: "byValue",
    sortDescFirst: false,
    cell: ({ row }) => <FindingCell service={row.original} />,
  }),
  column.accessor((row) => row.nodeNames.join(" ") || null, {
    id: "node",
    header: "Node",
    sortFn: "byValue",
    cell: ({ row }) => <NodeCell nodes={row.original.nodeNames} />,
  }),
  column.accessor((row) => row.replicas.ready - row.replicas.desired, {
    id: "ready",
    header: "Ready",
    sortFn: "byValue",
    cell: ({ row }) => (
      <span className="num dim">
        {row.original.replicas.ready}/{row.original.replicas.desired}
      </span>
    ),
  }),
  column.accessor((row) => -Date.parse(row.createdAt), {
    id: "age",
    header: "Age",
    sortFn: "byValue",
    cell: ({ row }) => (
      <span className="faint">
        <Age at={row.original.createdAt} />
      </span>
    ),
  }),
]);

function ModelCell({ service }: Readonly<{ service: ServiceView }>) {
  const size = service.model?.sizeBytes ?? null;
  return (
    <span className="dim" title={service.model?.source}>
      {service.modelRef}
      <span className="faint"> · </span>
      {size === null ? (
        <Unknown why="The size of this model is not known yet." />
      ) : (
        <span className="num">{formatBytes(size)}</span>
      )}
    </span>
  );
}

function NodeCell({ nodes }: Readonly<{ nodes: readonly string[] }>) {
  const [first] = nodes;
  if (first === undefined)
    return (
      <span className="faint" title="No pod of this service is placed on a node.">
        none
      </span>
    );
  return (
    <span className="dim" title={nodes.join(", ")}>
      {first}
      {nodes.length > 1 ? <span className="faint"> +{nodes.length - 1}</span> : null}
    </span>
  );
}
