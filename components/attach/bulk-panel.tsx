"use client";

import { Drawer } from "@mantine/core";
import { IconStackPop } from "@tabler/icons-react";

import { EmptyState, SkeletonLines } from "@/components/primitives/states";
import { useServices } from "@/components/query/lists";
import "./attach.css";
import "./bulk.css";
import { PanelHead } from "./attach-panel";
import { BulkForm } from "./bulk-form";
import { BulkProgress } from "./bulk-progress";
import { useBulkUrl, type BulkServices } from "./bulk-url";
import { useReturnFocus } from "./use-return-focus";

/** One claim for several services: chosen once, checked together, one request for each, and all of them on their way. */
export function BulkPanel() {
  const { services, requests, close } = useBulkUrl();
  useReturnFocus();
  if (services === null) return null;
  const { namespace, names } = services;
  const many = names.length === 1 ? "1 service" : `${names.length} services`;
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size={requests.length === 0 ? 880 : 560}
      padding={0}
      transitionProps={{ duration: 140 }}
      classNames={{ content: "attach", body: "attach-body" }}
      returnFocus={false}
    >
      <Drawer.Overlay backgroundOpacity={0.28} />
      <Drawer.Content>
        <Drawer.Body>
          <PanelHead title={`Attach the same claim to ${many} in ${namespace}`} onClose={close} />
          {requests.length === 0 ? (
            <Choosing services={services} />
          ) : (
            <BulkProgress services={services} requests={requests} onClose={close} />
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function Choosing({ services: { namespace, names } }: Readonly<{ services: BulkServices }>) {
  const list = useServices();
  const rows = (list?.items ?? []).filter(
    (row) => row.namespace === namespace && names.includes(row.name),
  );
  if (list === undefined) return <SkeletonLines lines={7} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconStackPop} title={`None of these services exists in ${namespace}`}>
        They may have been deleted, or the link is from another cluster.
      </EmptyState>
    );
  }
  return <BulkForm namespace={namespace} rows={rows} />;
}
