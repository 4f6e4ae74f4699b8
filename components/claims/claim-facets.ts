import { shortAccessMode } from "@/components/attach/group-candidates";
import { ownershipWords } from "@/components/primitives/kind-badge";
import { severityWords } from "@/components/primitives/severity-mark";
import type { CsvColumn } from "@/components/table/csv";
import type { Facet } from "@/components/table/facets";
import { wordOf } from "@/components/table/word-of";
import type { ClaimView } from "@/server/contract/claim-view";
import { severities } from "@/server/contract/finding";

/** How claims can be narrowed down; ids are the names in the URL. */
export const claimFacets: readonly Facet<ClaimView>[] = [
  {
    id: "severity",
    label: "Severity",
    values: (claim) => [claim.severity],
    word: wordOf(severityWords),
    order: severities,
  },
  {
    id: "ownership",
    label: "Ownership",
    values: (claim) => [claim.ownership],
    word: wordOf(ownershipWords),
  },
  { id: "phase", label: "Phase", values: (claim) => [claim.phase] },
  {
    id: "class",
    label: "Class",
    values: (claim) => [claim.storageClass?.name ?? "(no class)"],
  },
  {
    id: "access",
    label: "Access",
    values: (claim) => claim.accessModes,
    word: shortAccessMode,
  },
  {
    id: "node",
    label: "Node",
    values: (claim) => claim.nodeNames ?? ["(any node)"],
  },
  {
    id: "use",
    label: "Used by",
    values: (claim) => [claim.usedBy.services.length > 0 ? "services" : "no service"],
  },
];

export const claimFacetIds = claimFacets.map((facet) => facet.id);

/** What the filter field looks into. */
export function claimText(claim: ClaimView): string {
  return [
    claim.namespace,
    claim.name,
    claim.phase,
    claim.storageClass?.name ?? "",
    claim.volumeName ?? "",
    ownershipWords[claim.ownership],
    ...(claim.nodeNames ?? []),
    ...claim.usedBy.services.map((user) => user.name),
    ...claim.models,
    ...claim.findings.flatMap((finding) => [finding.code, finding.message]),
  ].join(" ");
}

/** The columns of the exported file: raw values, so that a spreadsheet can count with them. */
export const claimCsvColumns: readonly CsvColumn<ClaimView>[] = [
  { header: "namespace", value: (row) => row.namespace },
  { header: "claim", value: (row) => row.name },
  { header: "phase", value: (row) => row.phase },
  { header: "ownership", value: (row) => row.ownership },
  { header: "requestedBytes", value: (row) => row.requestedBytes },
  { header: "capacityBytes", value: (row) => row.capacityBytes },
  { header: "usedBytes", value: (row) => row.usage?.usedBytes ?? null },
  { header: "usageSource", value: (row) => row.usage?.source ?? null },
  { header: "storageClass", value: (row) => row.storageClass?.name ?? null },
  { header: "accessModes", value: (row) => row.accessModes.join(" ") },
  { header: "volumeMode", value: (row) => row.volumeMode },
  { header: "volume", value: (row) => row.volumeName },
  { header: "nodes", value: (row) => row.nodeNames?.join(" ") ?? null },
  {
    header: "services",
    value: (row) => [...new Set(row.usedBy.services.map((user) => user.name))].join(" "),
  },
  { header: "models", value: (row) => row.models.join(" ") },
  { header: "severity", value: (row) => row.severity },
  { header: "findings", value: (row) => row.findings.map(({ code }) => code).join(" ") },
  { header: "message", value: (row) => row.findings[0]?.message ?? null },
];
