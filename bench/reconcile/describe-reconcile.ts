import { measureReconcile, type Measured, type Plane } from "./measure-reconcile";

/** What the LLMKube operator 0.9.19 needs on this kind of machine, in seconds; it does not fall quiet. */
const LLMKUBE: Readonly<Record<string, string>> = {
  "500 full": "33–39",
  "500 bare": "11–13",
  "2000 full": "178",
  "2000 bare": "62",
};

export type ReconcileChoice = {
  readonly services: readonly number[];
  readonly planes: readonly Plane[];
};

/** Each size beside each control plane, as a table in Markdown. */
export async function measureReconciles(choice: ReconcileChoice): Promise<readonly string[]> {
  const measured: Measured[] = [];
  for (const services of choice.services) {
    for (const plane of choice.planes) measured.push(await measureReconcile(plane, services));
  }
  return [
    "| services | control plane | until all have Deployment and status | LLMKube | CPU | CPU of the API server | memory before, at most | requests per service | quiet after | one edit: quiet after, requests | 10 s later, requests |",
    "| ---: | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |",
    ...measured.map(row),
  ];
}

function row(measured: Measured): string {
  const { services, plane, report } = measured;
  const cells = [
    String(services),
    plane === "full" ? "full" : "etcd and API server only",
    seconds(measured.wallMs),
    `${LLMKUBE[`${services} ${plane}`] ?? "–"} s`,
    seconds(report.cpuMs),
    seconds(measured.apiServerCpuMs),
    `${megabytes(measured.idleRssBytes)}, ${megabytes(report.peakRssBytes)}`,
    perService(measured),
    seconds(measured.quietMs),
    `${seconds(measured.editQuietMs)}, ${measured.editWrites}`,
    String(measured.idleRequests),
  ];
  return `| ${cells.join(" | ")} |`;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** `3.00: 1.00 create deployments, …`; what is not done for each service is told as a count. */
function perService({ services, requests }: Measured): string {
  const entries = Object.entries(requests);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const parts = entries.sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
  return `${(total / services).toFixed(2)} (${parts.join(", ")})`;
}
