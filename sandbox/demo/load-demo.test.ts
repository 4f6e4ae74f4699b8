import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApi, type Api } from "../api/create-api";
import type { SandboxClient } from "../api/client";
import type { KubeObject } from "../api/objects";
import { createClient } from "../api/in-process-client";
import { loadDefinitions } from "../api/load-definitions";
import { createManualClock, type ManualClock } from "../testing/manual-clock";
import type { Claim, Pod } from "../world/objects";
import { startWorld } from "../world/start-world";
import { loadDemo } from "./load-demo";
import { loadEmpty } from "./load-empty";

const SERVICES = "inferenceservices.inference.llmkube.dev";
const MODELS = "models.inference.llmkube.dev";

let api: Api;
let client: SandboxClient;
let clock: ManualClock;
let stop: () => void;
const problems: string[] = [];

beforeEach(() => {
  clock = createManualClock(Date.now());
  const log = (line: string) => void problems.push(line);
  api = createApi({ log, now: () => new Date(clock.now()) });
  client = createClient(api);
  loadDefinitions(client);
  stop = () => undefined;
});
afterEach(() => {
  stop();
  api.stop();
  expect(problems.splice(0)).toEqual([]);
});

function run(seconds: number): void {
  const world = startWorld(client, { speed: 1, log: (line) => void problems.push(line), clock });
  stop = () => world.stop();
  clock.advance(seconds * 1000);
}
const spec = (object: KubeObject) => object.spec as Record<string, unknown>;
const claims = () => client.list("persistentvolumeclaims") as unknown as Claim[];

describe("the demo", () => {
  beforeEach(() => loadDemo(client));

  it("is about twenty services, each with a Ready Model of its namespace", () => {
    const services = client.list(SERVICES);
    expect(services.length).toBeGreaterThanOrEqual(18);
    for (const service of services) {
      const model = client.get(
        MODELS,
        service.metadata.namespace,
        String(spec(service)["modelRef"]),
      );
      expect(model?.status, service.metadata.name).toMatchObject({ phase: "Ready" });
    }
  });

  it("settles within three seconds: every claim is in the phase that its situation calls for", () => {
    run(3);
    const phases = claims().map(({ metadata, status }) => [metadata.name, status?.phase]);
    const unusual = phases.filter(([, phase]) => phase !== "Bound");
    expect(Object.fromEntries(unusual)).toEqual({
      "retired-models": "Lost",
      "scratch-nvme": "Pending",
    });
    const leaving = claims().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect(leaving.map(({ metadata }) => metadata.name)).toEqual(["old-models"]);
  });

  it("the service without its claim still serves from the shared cache at once", () => {
    run(3);
    const pods = client.list("pods", "prod") as unknown as Pod[];
    const pod = pods.find(({ metadata }) => metadata.labels?.["app"] === "llama-3.3-70b");
    expect(pod?.status).toMatchObject({ phase: "Running", containerStatuses: [{ ready: true }] });
    expect(pod?.spec.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe("llmkube-model-cache");
    expect(client.get("persistentvolumeclaims", "prod", "models-nvme-b")).toBeUndefined();
  });

  it("Mooring may change the claims of the demo, except the one that Flux owns", () => {
    const attach = (name: string) => () =>
      client.apply(
        SERVICES,
        {
          apiVersion: "inference.llmkube.dev/v1alpha1",
          kind: "InferenceService",
          metadata: { namespace: "prod", name },
          spec: { modelCache: { claimName: "scratch-nvme" } },
        },
        { manager: "mooring" },
      );
    expect(attach("llama-3.3-70b")).not.toThrow();
    expect(attach("phi-4-mini")).not.toThrow();
    expect(attach("mistral-small-24b")).toThrow(/kustomize-controller/);
  });
});

describe("other worlds", () => {
  it("empty: three equal nodes and a default class that binds at once", () => {
    loadEmpty(client);
    client.create("persistentvolumeclaims", {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "models", namespace: "default" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    run(3);
    expect(client.list("nodes")).toHaveLength(3);
    expect(claims()[0]).toMatchObject({
      spec: { storageClassName: "standard" },
      status: { phase: "Bound" },
    });
  });

  it("scale: as many settled objects as asked for, and nothing to do for anyone", () => {
    loadDemo(client, { scale: "services=20,claims=60,pods=40,namespaces=4,models=8,nodes=5" });
    run(1);
    const before = client.list("pods").map(({ metadata }) => metadata.resourceVersion);
    expect(
      [SERVICES, "persistentvolumeclaims", "pods", MODELS].map((id) => client.list(id).length),
    ).toEqual([20, 60, 40, 8]);
    expect(claims().every(({ status }) => status?.phase === "Bound")).toBe(true);
    clock.advance(60_000);
    expect(client.list("pods").map(({ metadata }) => metadata.resourceVersion)).toEqual(before);
  });

  it("scale: a word that is no size is refused", () => {
    expect(() => loadDemo(client, { scale: "cats=3" })).toThrow(/"cats=3" is not a size/);
  });
});
