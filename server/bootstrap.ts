import { AppError } from "@/server/errors";
import type { RouteHost } from "@/server/http/define-route";

/**
 * The one running server of this process. Next loads instrumentation and routes as separate module graphs, so what they
 * share lives on `globalThis`.
 */
const registry = globalThis as typeof globalThis & { mooringServer?: RouteHost };

/** Makes the started server the one that answers requests. */
export function registerServer(server: RouteHost): void {
  registry.mooringServer = server;
}

/** Whether a server was started in this process; development reloads ask again. */
export function isServerRegistered(): boolean {
  return registry.mooringServer !== undefined;
}

/** The running server, as routes see it; looked up at each request, because routes are loaded before it starts. */
export const mooring: RouteHost = {
  open(request) {
    if (registry.mooringServer) return registry.mooringServer.open(request);
    throw new AppError("ServiceUnavailable", "Mooring is starting", { retryAfterSeconds: 1 });
  },
  record: (record) => registry.mooringServer?.record(record),
};
