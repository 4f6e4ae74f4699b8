import { crashingStatus, downloadFailure } from "./fake-failures";
import type { KubeApi, KubeObject } from "./kube-api";

type ContainerStatus = Readonly<Record<string, unknown>>;
type Container = { readonly name: string; readonly image: string };

const status = (container: Container, state: unknown, ready: boolean): ContainerStatus => ({
  name: container.name,
  image: container.image,
  imageID: "",
  restartCount: 0,
  ready,
  started: ready,
  state,
});

function containersOf(
  pod: KubeObject,
  field: "initContainers" | "containers",
): readonly Container[] {
  return (pod["spec"]?.[field] ?? []) as Container[];
}

function initialising(inits: readonly Container[], now: string): Readonly<Record<string, unknown>> {
  const waiting = { waiting: { reason: "PodInitializing" } };
  return {
    phase: "Pending",
    startTime: now,
    conditions: [condition("PodScheduled", true, now), condition("Ready", false, now)],
    initContainerStatuses: inits.map((container, index) =>
      status(container, index === 0 ? { running: { startedAt: now } } : waiting, false),
    ),
  };
}

const condition = (type: string, value: boolean, now: string) => ({
  type,
  status: value ? "True" : "False",
  lastTransitionTime: now,
});

const terminated = (exitCode: number, now: string) => ({
  terminated: {
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    startedAt: now,
    finishedAt: now,
  },
});

/** A pod that is to run once has: well, unless its source is one that the sandbox, too, refuses (`/fail-404/` and the like). */
function ended(pod: KubeObject, now: string): Readonly<Record<string, unknown>> {
  const exitCode = JSON.stringify(pod["spec"]).includes("/fail-") ? 22 : 0;
  const inits = containersOf(pod, "initContainers");
  const [result, waiting] = [terminated(exitCode, now), { waiting: { reason: "PodInitializing" } }];
  return {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    conditions: [condition("PodScheduled", true, now), condition("Ready", false, now)],
    initContainerStatuses: inits.map((container) => status(container, result, exitCode === 0)),
    containerStatuses: containersOf(pod, "containers").map((container) =>
      status(container, exitCode === 0 ? result : waiting, false),
    ),
  };
}

/** What a container that was started again says about its run before. */
function earlierRun(pod: KubeObject, container: string): ContainerStatus {
  const statuses = (pod["status"]?.initContainerStatuses ?? []) as readonly ContainerStatus[];
  const before = statuses.find(({ name }) => name === container);
  const { lastState, restartCount } = { lastState: {}, restartCount: 0, ...before };
  return { lastState, restartCount };
}

/** The status of a scheduled pod one step further: initialising, then running and ready, or ended where it is to run once. undefined: nothing more to do. */
export function nextPodStatus(
  pod: KubeObject,
  now: string,
): Readonly<Record<string, unknown>> | undefined {
  const current = pod["status"] as
    { phase?: string; initContainerStatuses?: unknown[] } | undefined;
  if (["Running", "Succeeded", "Failed"].includes(current?.phase ?? "")) return undefined;
  const inits = containersOf(pod, "initContainers");
  const containers = containersOf(pod, "containers");
  const begun = (current?.initContainerStatuses ?? []).length > 0;
  if (inits.length > 0 && !begun) return initialising(inits, now);
  const done = terminated(0, now);
  if (pod["spec"]?.restartPolicy === "Never") return ended(pod, now);
  return {
    phase: "Running",
    conditions: ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) =>
      condition(type, true, now),
    ),
    initContainerStatuses: inits.map((container) => ({
      ...status(container, done, true),
      ...earlierRun(pod, container.name),
    })),
    containerStatuses: containers.map((container) =>
      status(container, { running: { startedAt: now } }, true),
    ),
  };
}

const HOLD = "mooring.dev/test-hold";

async function step(api: KubeApi, pod: KubeObject, runsPods: boolean): Promise<void> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace ?? ""}/pods/${pod.metadata.name}`;
  if (pod.metadata.deletionTimestamp) {
    await api.delete(path, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
    return;
  }
  const labels = pod.metadata["labels"] as Readonly<Record<string, string>> | undefined;
  if (!runsPods || !pod["spec"]?.nodeName || labels?.[HOLD]) return;
  const next = await nextOf(api, pod);
  if (next) await api.patchStatus(path, next);
}

/** A pod whose download fails is looked at again each time: the cause may have gone. */
async function nextOf(api: KubeApi, pod: KubeObject) {
  const now = new Date().toISOString();
  const begun = pod["status"]?.initContainerStatuses !== undefined;
  const lasting = pod["spec"]?.restartPolicy !== "Never" && pod["status"]?.phase === "Pending";
  const failure = begun && lasting ? await downloadFailure(api, pod) : null;
  return failure === null ? nextPodStatus(pod, now) : crashingStatus(pod, failure, now);
}

/**
 * Stands in for every kubelet: each scheduled pod goes through its init containers to Ready, each deleted one is
 * removed. Without `runsPods` they are only removed. A pod labelled `mooring.dev/test-hold` stays where it is.
 */
export function startFakeKubelet(
  api: KubeApi,
  { runsPods }: { readonly runsPods: boolean },
): { stop(): Promise<void> } {
  const state = { stopped: false };
  const loop = (async () => {
    while (!state.stopped) {
      const pods = await api.list("/api/v1/pods").catch(() => []); // the API server may be on its way down: asked again
      for (const pod of pods) {
        // gone or changed since the list: the next round reads it again
        await step(api, pod, runsPods).catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await api.close();
  })();
  return {
    stop: () => {
      state.stopped = true;
      return loop;
    },
  };
}
