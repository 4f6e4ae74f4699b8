import type { KubeApi, KubeObject } from "@/e2e/cluster/kube-api";
import type { Json, JsonObject } from "./golden-case";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const RECORDER = "inferenceservice-controller";
const BINDER = "persistentvolume-controller";

type Lists = Readonly<Record<keyof ReturnType<typeof pathsOf>, readonly KubeObject[]>>;

function pathsOf(namespace: string) {
  const core = `/api/v1/namespaces/${namespace}`;
  return {
    inferenceServices: `${GROUP}/namespaces/${namespace}/inferenceservices`,
    models: `${GROUP}/namespaces/${namespace}/models`,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    services: `${core}/services`,
    persistentVolumeClaims: `${core}/persistentvolumeclaims`,
    pods: `${core}/pods`,
    events: `${core}/events`,
  };
}

/** Everything of a namespace as the recorder of the cases wrote it down. */
export async function recordSnapshot(api: KubeApi, namespace: string): Promise<JsonObject> {
  const lists = await listAll(api, namespace);
  return toJson({
    ...lists,
    services: lists.services.map(withoutAddresses),
    pods: lists.pods.map(toPod),
    claimEvents: lists.events
      .filter((event) => event["reportingComponent"] === BINDER)
      .map((event) => toEvent(event, BINDER)),
    operatorEvents: lists.events
      .filter((event) => event["reportingComponent"] === RECORDER)
      .map((event) => toEvent(event, RECORDER)),
  });
}

/** Resolves when nothing in the namespace has changed for `quietMs`, at the latest after `limitMs`. */
export async function settled(
  api: KubeApi,
  namespace: string,
  { quietMs, limitMs }: { readonly quietMs: number; readonly limitMs: number },
): Promise<void> {
  const end = Date.now() + limitMs;
  let before = "";
  let since = Date.now();
  while (Date.now() < end && Date.now() - since < quietMs) {
    const lists = Object.entries(await listAll(api, namespace));
    const versions = JSON.stringify(
      lists
        .filter(([kind]) => kind !== "events")
        .map(([, list]) => list.map(({ metadata }) => metadata.resourceVersion)),
    );
    if (versions !== before) since = Date.now();
    before = versions;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function listAll(api: KubeApi, namespace: string): Promise<Lists> {
  const entries = Object.entries(pathsOf(namespace)).map(
    async ([kind, path]) => [kind, await api.list(path)] as const,
  );
  // One list for each path.
  return Object.fromEntries(await Promise.all(entries)) as Lists;
}

/** Phase and conditions of every service, and which Deployments are there, each second; changes only. */
export async function recordTimeline(
  api: KubeApi,
  namespace: string,
  seconds: number,
): Promise<readonly JsonObject[]> {
  const states: JsonObject[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    const state = await stateOf(api, namespace);
    if (JSON.stringify(state) !== JSON.stringify(states.at(-1))) states.push(state);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return states;
}

async function stateOf(api: KubeApi, namespace: string): Promise<JsonObject> {
  const paths = pathsOf(namespace);
  const services = await api.list(paths.inferenceServices);
  const deployments = await api.list(paths.deployments);
  const states = services.map(({ metadata, ...service }) => {
    const status = service["status"] as { phase?: string; conditions?: JsonObject[] } | undefined;
    const conditions = (status?.conditions ?? []).map(({ type, status: value, reason }) => ({
      type,
      status: value,
      reason,
    }));
    return [metadata.name, { phase: status?.phase ?? null, conditions }] as const;
  });
  return toJson({
    ...Object.fromEntries(states),
    _deployments: deployments.map(({ metadata }) => metadata.name),
  });
}

function withoutAddresses(service: KubeObject): KubeObject {
  const spec = { ...(service["spec"] as JsonObject), clusterIP: "<ip>", clusterIPs: ["<ip>"] };
  return { ...service, spec };
}

function toPod(pod: KubeObject): JsonObject {
  const labels = pod.metadata["labels"] as Readonly<Record<string, string>>;
  const volumes = pod["spec"].volumes as
    readonly { persistentVolumeClaim?: { claimName: string } }[] | undefined;
  return {
    deployment: labels["app"] ?? "",
    phase: pod["status"].phase as string,
    deleting: pod.metadata.deletionTimestamp !== undefined,
    conditions: (pod["status"].conditions ?? []) as Json,
    initContainerStatuses: (pod["status"].initContainerStatuses ?? []) as Json,
    claims: (volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []),
  };
}

function toEvent(event: KubeObject, reportingController: string): JsonObject {
  const involved = event["involvedObject"] as { readonly kind: string; readonly name: string };
  return {
    type: event["type"] as string,
    reason: event["reason"] as string,
    action: (event["action"] ?? null) as Json,
    note: event["message"] as string,
    regarding: { kind: involved.kind, name: involved.name },
    reportingController,
  };
}

function toJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
