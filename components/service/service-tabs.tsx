"use client";

import dynamic from "next/dynamic";

import { SkeletonLines } from "@/components/primitives/states";
import { TabList, TabPanel } from "@/components/primitives/tab-list";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";
import { CacheTab } from "./cache-tab";
import { ConditionsTab } from "./conditions-tab";
import { TimelineTab } from "./timeline-tab";
import { useServiceUrl, type ServiceTab } from "./use-service-url";

const loading = () => <SkeletonLines />;
const LogsTab = dynamic(async () => (await import("./logs-tab")).LogsTab, { loading, ssr: false });
const YamlTab = dynamic(async () => (await import("./yaml-tab")).YamlTab, { loading, ssr: false });
const AttachmentsTab = dynamic(async () => (await import("./attachments-tab")).AttachmentsTab, {
  loading,
  ssr: false,
});

type ServiceTabsProps = Readonly<{ service: ServiceView; detail: ServiceDetail | null }>;

/** Everything that tells why, one tab each. */
export function ServiceTabs({ service, detail }: ServiceTabsProps) {
  const { tab, setTab } = useServiceUrl();
  const tabs = [
    { value: "timeline", label: "Timeline" },
    { value: "cache", label: "Cache" },
    { value: "logs", label: "Logs" },
    { value: "conditions", label: "Conditions" },
    { value: "yaml", label: "YAML" },
    {
      value: "attachments",
      label: "Attachments",
      ...(detail === null ? {} : { count: detail.attachments.length }),
    },
  ] as const satisfies readonly { value: ServiceTab; label: string; count?: number }[];
  return (
    <section className="service-tabs">
      <TabList id="service" label="About this service" tabs={tabs} value={tab} onChange={setTab} />
      <TabPanel id="service" value={tab}>
        <TabContent tab={tab} service={service} detail={detail} />
      </TabPanel>
    </section>
  );
}

function TabContent({ tab, service, detail }: ServiceTabsProps & { readonly tab: ServiceTab }) {
  if (tab === "timeline") return <TimelineTab namespace={service.namespace} name={service.name} />;
  if (tab === "cache") return <CacheTab service={service} downloads={detail?.downloads ?? null} />;
  if (detail === null) return <SkeletonLines />;
  switch (tab) {
    case "logs":
      return <LogsTab service={service} pods={detail.pods} />;
    case "conditions":
      return <ConditionsTab conditions={detail.conditions} />;
    case "yaml":
      return <YamlTab yaml={detail.yaml} />;
    case "attachments":
      return <AttachmentsTab service={service} attachments={detail.attachments} />;
  }
}
