"use client";

import { Button } from "@mantine/core";
import { IconAnchor, IconDownload } from "@tabler/icons-react";

import { MOST_SERVICES, useBulkUrl } from "@/components/attach/bulk-url";
import type { ServiceView } from "@/server/contract/service-view";
import { exportServices } from "./export-services";

type SelectionBarProps = Readonly<{
  /** In the order of the list. */
  services: readonly ServiceView[];
  /** How many of them the filters leave out. */
  hidden: number;
  onSelectOnly: (services: readonly ServiceView[]) => void;
  onClear: () => void;
}>;

/** What can be done with the selected services at once. */
export function SelectionBar({ services, hidden, onSelectOnly, onClear }: SelectionBarProps) {
  const bulk = useBulkUrl();
  const [first] = services;
  if (first === undefined) return null;
  const why = whyNot(services);
  const many = services.length === 1 ? "service" : "services";
  return (
    <div className="selection" role="region" aria-label="Selected services">
      <p>
        <b className="num">
          {services.length} {many} selected
        </b>
        {hidden === 0 ? null : <span className="dim">, {hidden} not shown by the filters</span>}
      </p>
      {why === null ? null : <p className="dim">{why}</p>}
      {why === null ? null : <KeepOne services={services} onSelectOnly={onSelectOnly} />}
      <span className="selection-actions">
        <Button
          variant="filled"
          disabled={why !== null}
          leftSection={<IconAnchor size={14} stroke={1.7} />}
          onClick={() =>
            bulk.open({ namespace: first.namespace, names: services.map(({ name }) => name) })
          }
        >
          Attach the same claim to {services.length} {many}…
        </Button>
        <Button
          leftSection={<IconDownload size={14} stroke={1.7} />}
          onClick={() => exportServices(services)}
        >
          Export CSV
        </Button>
        <Button onClick={onClear}>Clear</Button>
      </span>
    </div>
  );
}

function whyNot(services: readonly ServiceView[]): string | null {
  const namespaces = new Set(services.map(({ namespace }) => namespace));
  if (namespaces.size > 1) {
    return `They are in ${namespaces.size} namespaces: only services of one namespace can share a claim.`;
  }
  return services.length > MOST_SERVICES
    ? `At most ${MOST_SERVICES} services are checked together.`
    : null;
}

type KeepOneProps = Pick<SelectionBarProps, "services" | "onSelectOnly">;

function KeepOne({ services, onSelectOnly }: KeepOneProps) {
  const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
  if (namespaces.length < 2) return null;
  return (
    <span className="selection-keep">
      {namespaces.slice(0, 4).map((namespace) => (
        <button
          key={namespace}
          type="button"
          className="link-button"
          onClick={() => onSelectOnly(services.filter((row) => row.namespace === namespace))}
        >
          Keep only {namespace}
        </button>
      ))}
    </span>
  );
}
