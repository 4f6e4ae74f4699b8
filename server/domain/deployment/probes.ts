import type { Container } from "../model-storage/model-storage";
import type { InferenceService } from "../objects";

type Probe = NonNullable<Container["startupProbe"]>;
export type Probes = Pick<Container, "startupProbe" | "livenessProbe" | "readinessProbe">;

const PROBE_NAMES = {
  startup: "startupProbe",
  liveness: "livenessProbe",
  readiness: "readinessProbe",
};

/** What is asked of a container while it starts and before it gets requests, and what tells that it lives. */
export type Checks = { readonly ready: Check; readonly alive: Check };
type Check = Pick<Probe, "httpGet" | "tcpSocket">;

/** Half an hour to start, then every 15 s alive and every 10 s ready; the user's overrides replace each one whole. */
export function buildProbes(service: InferenceService, { ready, alive }: Checks): Probes {
  const probes = {
    startupProbe: { ...ready, timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 180 },
    livenessProbe: { ...alive, timeoutSeconds: 5, periodSeconds: 15, failureThreshold: 3 },
    readinessProbe: { ...ready, timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3 },
  };
  const overrides = service.spec.probeOverrides ?? {};
  const own = Object.entries(PROBE_NAMES)
    .filter(([name]) => overrides[name] !== undefined)
    // The schema of the service says that each is a core/v1 Probe.
    .map(([name, field]) => [field, overrides[name] as Probe] as const);
  return { ...probes, ...Object.fromEntries(own) };
}

/** Asks over HTTP; `alive` when that is another path. The scheme is named so that it goes when the probe is replaced. */
export function httpChecks(
  port: number,
  { path, alive = path }: { readonly path: string; readonly alive?: string },
): Checks {
  const ask = (asked: string) => ({ httpGet: { path: asked, port, scheme: "HTTP" } });
  return { ready: ask(path), alive: ask(alive) };
}

/** Asks only whether the port takes connections. */
export function tcpChecks(port: number): Checks {
  return { ready: { tcpSocket: { port } }, alive: { tcpSocket: { port } } };
}
