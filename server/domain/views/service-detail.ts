import type { Attachment } from "@/server/contract/attachment";
import type { ServiceDetail } from "@/server/contract/service-view";
import { buildChain } from "../chain";
import { toConditionView } from "../condition-polarity";
import type { ServiceFacts } from "../facts";
import { latestWriter } from "../field-owner";
import { buildPodView } from "./pod-view";
import { buildDownloads } from "./service-download";
import { buildServiceView } from "./service-view";
import { toYaml } from "./to-yaml";

/** Everything the service's page shows. Its first part is exactly the service's row. */
export function buildServiceDetail(
  facts: ServiceFacts,
  { attachments }: { readonly attachments: readonly Attachment[] },
): ServiceDetail {
  const { service, model, deployment } = facts;
  const view = buildServiceView(facts);
  return {
    ...view,
    generation: service.metadata.generation ?? 0,
    lastWriter: latestWriter(service.metadata.managedFields),
    chain: buildChain(facts, view.findings),
    conditions: (service.status?.conditions ?? []).map(toConditionView),
    pods: facts.pods.map(buildPodView),
    downloads: buildDownloads(facts),
    attachments: [...attachments],
    yaml: {
      service: toYaml("InferenceService", service),
      model: model === null ? null : toYaml("Model", model),
      deployment: deployment === null ? null : toYaml("Deployment", deployment),
    },
  };
}
