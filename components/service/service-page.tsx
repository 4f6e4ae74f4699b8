"use client";

import dynamic from "next/dynamic";

import { useAttachUrl } from "@/components/attach/attach-url";
import { FindingCard, type FindingHandlers } from "@/components/primitives/finding-card";
import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";
import { Chain, ChainSkeleton } from "./chain";
import { ReportButton } from "./report-button";
import { ServiceHeader } from "./service-header";
import { ServiceTabs } from "./service-tabs";
import "./service.css";
import { useNudge } from "./use-nudge";
import { useReport, type Report } from "./use-report";
import { useService } from "./use-service";
import { useServiceUrl } from "./use-service-url";

// The panel is a page of its own: its code comes when it is opened.
const AttachPanel = dynamic(
  async () => (await import("@/components/attach/attach-panel")).AttachPanel,
  { ssr: false },
);

const ServiceGone = dynamic(async () => (await import("./service-gone")).ServiceGone, {
  ssr: false,
});

type ServicePageProps = Readonly<{ namespace: string; name: string }>;

/** One service: what is wrong, where in its chain, and everything that tells why. */
export function ServicePage({ namespace, name }: ServicePageProps) {
  const state = useService(namespace, name);
  const attach = useAttachUrl();
  const url = useServiceUrl();
  const nudge = useNudge(namespace, name);
  const report = useReport();
  if (state.is === "loading") return <ServiceSkeleton name={name} namespace={namespace} />;
  if (state.is === "failed") return <ErrorState error={state.error} onRetry={state.retry} />;
  if (state.is === "gone") return <ServiceGone namespace={namespace} name={name} />;

  const { service, detail } = state;
  const handlers = {
    onAttach: () => attach.open(""),
    onDetach: () => attach.openDetach(),
    onOpenLogs: (pod: string, container: string) => url.openLogs(pod, container),
    nudge,
  };
  return (
    <>
      <ServiceHeader
        service={service}
        detail={detail}
        onCopyReport={() => report.copy({ service, detail, finding: null })}
      />
      {report.node}
      {detail === null ? (
        <ChainSkeleton failed={state.detailError !== null} />
      ) : (
        <Chain service={service} links={detail.chain} />
      )}
      <Findings service={service} detail={detail} handlers={handlers} report={report} />
      <ServiceTabs service={service} detail={detail} />
      {attach.target === null ? null : <AttachPanel key={service.uid} service={service} />}
    </>
  );
}

type FindingsProps = Readonly<{
  service: ServiceView;
  detail: ServiceDetail | null;
  handlers: FindingHandlers;
  report: Report;
}>;

/** Each finding with its evidence: open for the one that the link names, else for the worst. */
function Findings({ service, detail, handlers, report }: FindingsProps) {
  const named = useServiceUrl().finding;
  const { findings } = service;
  if (findings.length === 0) return null;
  const opened = findings.find(({ code }) => code === named) ?? findings[0];
  return (
    <section className="finding-list" aria-label="Findings">
      {findings.map((finding) => (
        <FindingCard
          key={`${finding.code}${finding.message}`}
          finding={finding}
          handlers={handlers}
          expanded={finding === opened}
          extra={<ReportButton report={report} subject={{ service, detail, finding }} />}
        />
      ))}
    </section>
  );
}

function ServiceSkeleton({ name, namespace }: ServicePageProps) {
  return (
    <>
      <div className="service-head">
        <div>
          <h1>
            {name} <span className="faint service-ns">{namespace}</span>
          </h1>
          <p className="dim">Reading the cluster…</p>
        </div>
      </div>
      <ChainSkeleton failed={false} />
      <SkeletonLines lines={6} />
    </>
  );
}
