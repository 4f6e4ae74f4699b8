import { cacheKindWords } from "@/components/primitives/kind-badge";
import { severityWords } from "@/components/primitives/severity-mark";
import type { Facet } from "@/components/table/facets";
import { wordOf } from "@/components/table/word-of";
import { severities } from "@/server/contract/finding";
import { cacheKinds, type ServiceView } from "@/server/contract/service-view";

const NO_NODE = "(no node)";
const NO_CLASS = "(no class)";

const orOther = (values: readonly string[], other: string) =>
  values.length === 0 ? [other] : values;

/** How services can be narrowed down; ids are the names in the URL. */
export const serviceFacets: readonly Facet<ServiceView>[] = [
  {
    id: "severity",
    label: "Severity",
    values: (service) => [service.severity],
    word: wordOf(severityWords),
    order: severities,
  },
  {
    id: "cache",
    label: "Cache",
    values: (service) => [service.cache.kind],
    word: wordOf(cacheKindWords),
    order: cacheKinds,
  },
  {
    id: "claim",
    label: "Claim",
    values: (service) =>
      [service.cache.declaredClaim, service.cache.effectiveClaim].filter((name) => name !== null),
  },
  {
    id: "class",
    label: "Class",
    values: (service) => [service.storageClass ?? NO_CLASS],
  },
  {
    id: "node",
    label: "Node",
    values: (service) => orOther(service.nodeNames, NO_NODE),
  },
  {
    id: "finding",
    label: "Finding",
    values: (service) => service.findings.map((finding) => finding.code),
  },
];

export const serviceFacetIds = serviceFacets.map((facet) => facet.id);

/** What the filter field looks into. */
export function serviceText(service: ServiceView): string {
  const { cache } = service;
  return [
    service.namespace,
    service.name,
    service.modelRef,
    cacheKindWords[cache.kind],
    cache.declaredClaim ?? "",
    cache.effectiveClaim ?? "",
    ...service.nodeNames,
    ...service.findings.flatMap((finding) => [finding.code, finding.message]),
  ].join(" ");
}
