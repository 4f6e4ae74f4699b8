import type { Container } from "../model-storage/model-storage";
import type { InferenceService } from "../objects";

type Probe = NonNullable<Container["startupProbe"]>;
export type Probes = Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe">;

const PROBE_NAMES = {
  startup: "startupProbe",
  liveness: "livenessProbe",
  readiness: "readinessProbe",
};

/** Half an hour to start, then every 15 s alive and every 10 s ready; the user's overrides replace each one whole. */
export function buildProbes(
  service: InferenceService,
  check: Pick<Probe, "httpGet" | "tcpSocket">,
): Probes {
  const probes = {
    startupProbe: { ...check, timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 180 },
    livenessProbe: { ...check, timeoutSeconds: 5, periodSeconds: 15, failureThreshold: 3 },
    readinessProbe: { ...check, timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3 },
  };
  const overrides = service.spec.probeOverrides ?? {};
  const own = Object.entries(PROBE_NAMES)
    .filter(([name]) => overrides[name] !== undefined)
    // The schema of the service says that each is a core/v1 Probe.
    .map(([name, field]) => [field, overrides[name] as Probe] as const);
  return { ...probes, ...Object.fromEntries(own) };
}

/** Asks a path over HTTP. The scheme is named so that it goes when the probe is replaced. */
export function httpCheck(path: string, port: number): Pick<Probe, "httpGet"> {
  return { httpGet: { path, port, scheme: "HTTP" } };
}
