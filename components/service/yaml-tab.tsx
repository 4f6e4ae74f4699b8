"use client";

import { TabList } from "@/components/primitives/tab-list";
import { YamlView } from "@/components/primitives/yaml-view";
import type { ServiceDetail } from "@/server/contract/service-view";
import { useServiceUrl } from "./use-service-url";

/** The objects as the cluster has them, without managedFields. */
export function YamlTab({ yaml }: Readonly<{ yaml: ServiceDetail["yaml"] }>) {
  const { object, openYaml } = useServiceUrl();
  const tabs = [
    { value: "service", label: "InferenceService" },
    ...(yaml.model === null ? [] : [{ value: "model", label: "Model" } as const]),
    ...(yaml.deployment === null ? [] : [{ value: "deployment", label: "Deployment" } as const]),
  ] as const;
  const shown = yaml[object] === null ? "service" : object;
  return (
    <div className="yaml-tab">
      <TabList id="yaml" label="Object" tabs={tabs} value={shown} onChange={openYaml} />
      <div role="tabpanel" id="yaml-panel" aria-labelledby={`yaml-${shown}`}>
        <YamlView yaml={yaml[shown] ?? yaml.service} label={`YAML of the ${shown}`} />
      </div>
    </div>
  );
}
