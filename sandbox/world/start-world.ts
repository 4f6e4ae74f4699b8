import type { SandboxClient } from "../api/client";
import { DEMO_SOURCES } from "../demo/weights";
import { startClaimBinder } from "./claim-binder";
import { systemClock, type Clock } from "./clock";
import { createCluster } from "./cluster";
import { startDeployments } from "./deployments";
import { startEventExpiry } from "./event-expiry";
import { startJobs } from "./jobs";
import { startKubelet } from "./kubelet";
import { createLoop } from "./loop";
import { startNodeLifecycle } from "./node-lifecycle";
import { startProvisioner } from "./provisioner";
import { createRecorder } from "./recorder";
import { startReplicaSets } from "./replica-sets";
import { startScheduler } from "./scheduler";
import type { SourceCatalogue } from "./sources";
import { startVolumePhases } from "./volume-phases";

export type WorldOptions = {
  /** Divides every duration. Timestamps stay real. */
  speed: number;
  log: (line: string) => void;
  clock?: Clock;
  sources?: SourceCatalogue;
};

/** Brings the store to life: what a cluster's controllers, scheduler and kubelets would do with its objects. */
export function startWorld(client: SandboxClient, options: WorldOptions): { stop(): void } {
  const { speed, log, clock = systemClock, sources = DEMO_SOURCES } = options;
  const cluster = createCluster(client);
  const loop = createLoop({ clock, speed, log });
  const record = createRecorder(cluster, loop);
  startNodeLifecycle(cluster, loop, record);
  startClaimBinder(cluster, loop, record);
  startProvisioner(cluster, loop, record);
  startVolumePhases(cluster, loop, record);
  startDeployments(cluster, loop, record);
  startReplicaSets(cluster, loop, record);
  startJobs(cluster, loop, record);
  startScheduler(cluster, loop, record);
  startKubelet(cluster, loop, { record, catalogue: sources });
  startEventExpiry(cluster, loop);
  return {
    stop() {
      loop.stop();
      cluster.stop();
    },
  };
}
