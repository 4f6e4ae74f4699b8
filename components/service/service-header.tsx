"use client";

import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconCopy, IconDots, IconFileText, IconLink } from "@tabler/icons-react";

import { useAttachUrl } from "@/components/attach/attach-url";
import { DownloadProgress } from "@/components/primitives/progress";
import { Age } from "@/components/primitives/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";
import { previousClaim } from "./previous-claim";
import { buildReport } from "./report";

type ServiceHeaderProps = Readonly<{ service: ServiceView; detail: ServiceDetail | null }>;

/** Which service, what is worst about it since when, and what can be done. */
export function ServiceHeader({ service, detail }: ServiceHeaderProps) {
  const attach = useAttachUrl();
  const declared = service.cache.declaredClaim;
  return (
    <header className="service-head">
      <div className="service-title">
        <h1>
          {service.name} <span className="faint service-ns">{service.namespace}</span>
        </h1>
        <Verdict service={service} />
      </div>
      <div className="service-actions">
        <MoreMenu service={service} detail={detail} />
        <Tooltip
          label={
            declared === null
              ? "The service names no claim: there is nothing to detach."
              : `Stop using ${declared}`
          }
        >
          <Button
            aria-disabled={declared === null}
            onClick={() => {
              if (declared !== null) attach.openDetach();
            }}
          >
            Detach
          </Button>
        </Tooltip>
        <Button variant="filled" onClick={() => attach.open("")}>
          Attach a claim
        </Button>
      </div>
    </header>
  );
}

function Verdict({ service }: Readonly<{ service: ServiceView }>) {
  const [worst] = service.findings;
  const { download } = service;
  if (worst === undefined || worst.severity === "ok") {
    if (download?.state === "Running") {
      return <DownloadProgress download={download} label={`Download of ${service.name}`} />;
    }
    return (
      <p className="dim">
        {service.phase ?? "No status yet"}, no findings ·{" "}
        <span className="num">
          {service.replicas.ready} of {service.replicas.desired}
        </span>{" "}
        ready
      </p>
    );
  }
  return (
    <p className={`verdict tone-${worst.severity}`}>
      <SeverityIcon severity={worst.severity} />
      <span>
        {worst.message}
        {worst.since === null ? null : (
          <span className="dim">
            {" "}
            · for <Age at={worst.since} />
          </span>
        )}
      </span>
    </p>
  );
}

function MoreMenu({ service, detail }: ServiceHeaderProps) {
  const attach = useAttachUrl();
  const previous = detail === null ? null : previousClaim(detail);
  const copy = (text: string) => void navigator.clipboard.writeText(text);
  return (
    <Menu position="bottom-end" width={250} shadow="none">
      <Menu.Target>
        <ActionIcon variant="default" aria-label="More actions" className="more-actions">
          <IconDots size={16} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFileText size={15} stroke={1.6} />}
          onClick={() => copy(buildReport(service, window.location.href))}
        >
          Copy a report
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLink size={15} stroke={1.6} />}
          onClick={() => copy(window.location.href)}
        >
          Copy the link
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={15} stroke={1.6} />}
          onClick={() =>
            copy(`kubectl -n ${service.namespace} describe inferenceservice ${service.name}`)
          }
        >
          Copy kubectl describe
        </Menu.Item>
        {previous === null ? null : (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconArrowBackUp size={15} stroke={1.6} />}
              onClick={() =>
                previous.claim === null ? attach.openDetach() : attach.open(previous.claim)
              }
            >
              {previous.claim === null ? "Revert to no claim…" : `Revert to ${previous.claim}…`}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
