import { formatBytes } from "@/components/format/bytes";
import type { ServiceView } from "@/server/contract/service-view";

/** What a colleague or an issue needs to know about a service, as Markdown. */
export function buildReport(service: ServiceView, link: string): string {
  const { cache, model, replicas } = service;
  const facts = [
    `Model: ${service.modelRef}${model?.sizeBytes == null ? "" : `, ${formatBytes(model.sizeBytes)}`}`,
    `Cache: ${cache.kind}, declared ${cache.declaredClaim ?? "none"}, rolled out ${cache.rolledOutClaim ?? "none"}, mounted ${cache.mountedClaims.join(", ") || "none"}`,
    `Replicas: ${replicas.ready} of ${replicas.desired} ready, nodes ${service.nodeNames.join(", ") || "none"}`,
  ];
  const findings = service.findings.flatMap((finding) => [
    "",
    `## ${finding.severity}: ${finding.message}`,
    "",
    finding.nextStep,
    "",
    ...finding.evidence.map(
      (fact) =>
        `- ${fact.kind} ${fact.namespace === null ? "" : `${fact.namespace}/`}${fact.name} \`${fact.field}\`: ${fact.value}`,
    ),
  ]);
  return [
    `# InferenceService ${service.namespace}/${service.name}: ${service.phase ?? "no status"}`,
    "",
    ...facts.map((fact) => `- ${fact}`),
    ...findings,
    "",
    link,
    "",
  ].join("\n");
}
