import type { ServiceView } from "@/server/contract/service-view";

/** `41 services, 3 with errors, 3 with warnings.`, and how many of them are shown when not all are. */
export function summariseServices(services: readonly ServiceView[], shown: number): string {
  const count = (severity: string) =>
    services.filter((service) => service.severity === severity).length;
  const parts = [
    `${services.length} ${services.length === 1 ? "service" : "services"}`,
    ...[
      [count("error"), "with errors"],
      [count("warning"), "with warnings"],
    ]
      .filter(([amount]) => Number(amount) > 0)
      .map(([amount, words]) => `${String(amount)} ${String(words)}`),
  ];
  const sentence = `${parts.join(", ")}.`;
  return shown === services.length ? sentence : `${sentence} ${shown} shown.`;
}
