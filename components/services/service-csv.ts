import type { CsvColumn } from "@/components/table/csv";
import type { ServiceView } from "@/server/contract/service-view";

/** The columns of the exported file: raw values, so that a spreadsheet can count with them. */
export const serviceCsvColumns: readonly CsvColumn<ServiceView>[] = [
  { header: "namespace", value: (row) => row.namespace },
  { header: "service", value: (row) => row.name },
  { header: "model", value: (row) => row.modelRef },
  { header: "modelBytes", value: (row) => row.model?.sizeBytes ?? null },
  { header: "cacheKind", value: (row) => row.cache.kind },
  { header: "declaredClaim", value: (row) => row.cache.declaredClaim },
  { header: "effectiveClaim", value: (row) => row.cache.effectiveClaim },
  { header: "mountedClaims", value: (row) => row.cache.mountedClaims.join(" ") },
  { header: "storageClass", value: (row) => row.storageClass },
  { header: "severity", value: (row) => row.severity },
  { header: "findings", value: (row) => row.findings.map(({ code }) => code).join(" ") },
  { header: "message", value: (row) => row.findings[0]?.message ?? null },
  { header: "nodes", value: (row) => row.nodeNames.join(" ") },
  { header: "replicas", value: (row) => row.replicas.desired },
  { header: "ready", value: (row) => row.replicas.ready },
  { header: "phase", value: (row) => row.phase },
  { header: "createdAt", value: (row) => row.createdAt },
];
