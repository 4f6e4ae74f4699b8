import { createApi, type Api } from "../api/create-api";
import { createClient } from "../api/in-process-client";
import type { SandboxClient } from "../api/client";
import type { KubeObject } from "../api/objects";
import type { StoredState } from "../api/store";
import { buildNode, buildStorageClass } from "../demo/infrastructure";
import type { Claim, ClusterNode, Deployment, KubeEvent, Pod, Volume } from "../world/objects";
import type { SourceCatalogue } from "../world/sources";
import { startWorld } from "../world/start-world";
import { createManualClock } from "./manual-clock";

type Kinds = {
  pods: Pod;
  persistentvolumeclaims: Claim;
  persistentvolumes: Volume;
  nodes: ClusterNode;
  events: KubeEvent;
  "deployments.apps": Deployment;
};

/** The real store with the world on it, and a clock in the test's hand. Namespace `team` exists. */
export interface TestWorld {
  client: SandboxClient;
  advance(seconds: number): void;
  list<K extends keyof Kinds>(resource: K): Kinds[K][];
  get<K extends keyof Kinds>(resource: K, name: string): Kinds[K];
  log(pod: string, container: string): string[];
  /** `reason: message` of the events about an object, in order. */
  eventsAbout(name: string): string[];
  /** What another world may start with. */
  state(): StoredState;
  stop(): void;
}

function stateOf({ store, registry }: Api): StoredState {
  const stored = registry.all().filter(({ id, storage }) => id === storage);
  const objects = stored.flatMap(({ storage }) =>
    store.snapshot(storage).objects.map((object) => ({ resource: storage, object })),
  );
  return { version: store.version, objects };
}

type WorldParts = {
  sources?: SourceCatalogue;
  /** What an earlier world left. */
  initial?: StoredState;
};

/** Fails on anything that a controller throws. */
export function createTestWorld({ sources, initial }: WorldParts = {}): TestWorld {
  const clock = createManualClock();
  const problems: string[] = [];
  const log = (line: string) => void problems.push(line);
  const api = createApi({
    log,
    now: () => new Date(clock.now()),
    ...(initial && { initial }),
  });
  const logs = new Map<string, string[]>();
  const inner = createClient(api);
  const client: SandboxClient = {
    ...inner,
    appendLog(pod, container, line) {
      const key = `${pod.name}/${container}`;
      logs.set(key, [...(logs.get(key) ?? []), line]);
    },
    rotateLog: (pod, container) => void logs.delete(`${pod.name}/${container}`),
  };
  const team = { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } };
  if (!initial) client.create("namespaces", team);
  const world = startWorld(client, {
    speed: 1,
    log,
    clock,
    ...(sources === undefined ? {} : { sources }),
  });
  const check = () => {
    if (problems.length > 0) throw new Error(problems.join("\n"));
  };
  return {
    client,
    advance(seconds) {
      clock.advance(seconds * 1000);
      check();
    },
    list: <K extends keyof Kinds>(resource: K) => client.list(resource) as unknown as Kinds[K][],
    get: <K extends keyof Kinds>(resource: K, name: string) => {
      const found = client
        .list(resource)
        .find((object: KubeObject) => object.metadata.name === name);
      if (found === undefined) throw new Error(`There is no ${resource} "${name}"`);
      return found as unknown as Kinds[K];
    },
    log: (pod, container) => logs.get(`${pod}/${container}`) ?? [],
    eventsAbout: (name) =>
      (client.list("events") as unknown as KubeEvent[])
        .filter((event) => event.involvedObject.name === name)
        .map((event) => `${event.reason ?? ""}: ${event.message ?? ""}`),
    state: () => stateOf(api),
    stop() {
      world.stop();
      api.stop();
    },
  };
}

/** Nodes and a class for each way of making volumes: `local` (WaitForFirstConsumer), `block` and `files` (both Immediate). */
export function furnish({ client }: TestWorld, nodes = ["node-1", "node-2"]): void {
  for (const name of nodes) {
    client.create("nodes", buildNode({ name, cpu: "8", memory: "32Gi" }));
  }
  const classes = [
    { name: "local", provisioner: "rancher.io/local-path", waitForFirstConsumer: true },
    { name: "block", provisioner: "rbd.csi.ceph.com" },
    { name: "files", provisioner: "nfs.csi.k8s.io" },
    { name: "silent", provisioner: "example.test/never" },
  ];
  for (const parts of classes) {
    client.create("storageclasses.storage.k8s.io", buildStorageClass(parts));
  }
}

/** A claim in `team`. */
export function createClaim(
  { client }: TestWorld,
  name: string,
  spec: { storageClassName: string; size?: string; volumeName?: string; accessMode?: string },
): void {
  const { size = "10Gi", accessMode = "ReadWriteOnce", ...rest } = spec;
  client.create("persistentvolumeclaims", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "team" },
    spec: { accessModes: [accessMode], resources: { requests: { storage: size } }, ...rest },
  });
}

const MOUNT = { name: "model-cache", mountPath: "/models" };

/** The pod template of a service that keeps its model on a claim. */
export function aServingTemplate(
  claim: string,
  source = "https://models.test/rate-100000000/size-1000000000/weights.gguf",
) {
  return {
    metadata: { labels: { app: "chat" } },
    spec: {
      volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName: claim } }],
      initContainers: [
        { name: "model-cache-prep", image: "curl:8", volumeMounts: [MOUNT] },
        {
          name: "model-downloader",
          image: "curl:8",
          env: [
            { name: "MODEL_SOURCE", value: source },
            { name: "CACHE_DIR", value: "/models/0123456789abcdef" },
            { name: "MODEL_PATH", value: "/models/0123456789abcdef/chat.gguf" },
          ],
          volumeMounts: [MOUNT],
        },
      ],
      containers: [
        {
          name: "llama-server",
          image: "llama:1",
          args: ["--model", "/models/0123456789abcdef/chat.gguf"],
          resources: { requests: { cpu: "1", memory: "1Gi" } },
          volumeMounts: [{ ...MOUNT, readOnly: true }],
        },
      ],
    },
  };
}

/** A Deployment `chat` in `team`. */
export function createDeployment(
  { client }: TestWorld,
  template: ReturnType<typeof aServingTemplate>,
  spec: Record<string, unknown> = {},
): void {
  client.create("deployments.apps", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "chat", namespace: "team" },
    spec: { replicas: 1, selector: { matchLabels: { app: "chat" } }, template, ...spec },
  });
}
