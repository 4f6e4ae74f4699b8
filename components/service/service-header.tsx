"use client";

import { Button } from "@mantine/core";
import { IconArrowBackUp, IconCopy, IconDots, IconFileText, IconLink } from "@tabler/icons-react";

import dynamic from "next/dynamic";

import { useAttachUrl } from "@/components/attach/attach-url";
import { revert } from "@/components/attach/revert";
import { DownloadProgress, expectedBytesOf } from "@/components/primitives/progress";
import { ActionMenuButton } from "@/components/primitives/menu-button";
import { Age } from "@/components/primitives/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";
import { previousClaim } from "./previous-claim";

// Nothing of it can be shown before the browser is asked what it can.
const WatchToggle = dynamic(
  async () => (await import("@/components/watch/watch-toggle")).WatchToggle,
  { ssr: false },
);

type ServiceHeaderProps = Readonly<{
  service: ServiceView;
  detail: ServiceDetail | null;
  onCopyReport: () => void;
}>;

/** Which service, what is worst about it since when, and what can be done. */
export function ServiceHeader({ service, detail, onCopyReport }: ServiceHeaderProps) {
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
        <WatchToggle service={service} />
        <MoreMenu service={service} detail={detail} onCopyReport={onCopyReport} />
        <Button
          data-tip={
            declared === null
              ? "The service names no claim: there is nothing to detach."
              : `Stop using ${declared}`
          }
          aria-disabled={declared === null}
          onClick={() => {
            if (declared !== null) attach.openDetach();
          }}
        >
          Detach
        </Button>
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
      return (
        <DownloadProgress
          download={download}
          label={`Download of ${service.name}`}
          expectedBytes={expectedBytesOf(service, download)}
        />
      );
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

function MoreMenu({ service, detail, onCopyReport }: ServiceHeaderProps) {
  const attach = useAttachUrl();
  const previous = detail === null ? null : previousClaim(detail);
  const copy = (text: string) => void navigator.clipboard.writeText(text);
  const items = [
    {
      label: "Copy a report",
      icon: <IconFileText size={15} stroke={1.6} />,
      run: onCopyReport,
    },
    {
      label: "Copy the link",
      icon: <IconLink size={15} stroke={1.6} />,
      run: () => copy(window.location.href),
    },
    {
      label: "Copy kubectl describe",
      icon: <IconCopy size={15} stroke={1.6} />,
      run: () => copy(`kubectl -n ${service.namespace} describe inferenceservice ${service.name}`),
    },
    ...(previous === null
      ? []
      : [
          {
            label: `Revert to ${previous.claim ?? "no claim"}…`,
            icon: <IconArrowBackUp size={15} stroke={1.6} />,
            run: () =>
              revert(attach, {
                claimName: previous.claim,
                persistence: previous.persistence,
                id: previous.id,
              }),
          },
        ]),
  ];
  return (
    <ActionMenuButton className="more-actions" label="More actions" items={items}>
      <IconDots size={16} stroke={1.7} aria-hidden />
    </ActionMenuButton>
  );
}
