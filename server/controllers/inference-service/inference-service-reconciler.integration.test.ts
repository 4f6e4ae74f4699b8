import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import { hasReason } from "@/server/errors";
import { ALL_IMPROVEMENTS, NO_IMPROVEMENTS } from "@/server/domain/improvements";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import {
  startOperatorUnderTest,
  type OperatorUnderTest,
} from "@/server/testing/operator-under-test";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";

let api: KubeApi;
let namespace: string;
let workload: Workload;
let operator: OperatorUnderTest | null = null;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("operator");
  workload = createWorkload(api, namespace);
});
afterEach(async () => {
  // Suites that run beside this one cut the connections of the server they share: that is an outage, not our fault.
  const errors = (operator?.errors ?? []).filter(
    (error) => !hasReason(error, "ServiceUnavailable"),
  );
  await operator?.stop();
  operator = null;
  expect(errors).toEqual([]);
});

async function start(settings: Partial<OperatorSettings> = {}, improvements = ALL_IMPROVEMENTS) {
  operator = await startOperatorUnderTest({
    kubeconfig: inject("kubeconfig"),
    namespace,
    settings,
    improvements,
  });
  return operator;
}

/** Asks until the answer is there; the title says what for. */
async function eventually<T>(title: string, ask: () => Promise<T | undefined | null | false>) {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      if (answer === undefined || answer === null || answer === false) {
        const service = await workload.service("chat");
        throw new Error(`not yet: ${title}; status ${JSON.stringify(service?.["status"])}`);
      }
      return answer;
    },
    { timeout: 15_000, interval: 50 },
  );
}

const deploymentOf = (name: string) =>
  api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
const phase = (name: string, wanted: string) =>
  eventually(`${name} is ${wanted}`, async () => {
    const service = await workload.service(name);
    return service?.["status"]?.phase === wanted ? service : null;
  });
const deployed = (name: string) => eventually(`${name} has a Deployment`, () => deploymentOf(name));
const conditionsOf = (service: KubeObject): Record<string, string> =>
  Object.fromEntries(
    (service["status"].conditions as { type: string; status: string; reason: string }[]).map(
      ({ type, status, reason }) => [type, `${status} ${reason}`],
    ),
  );
type PodSpec = {
  readonly volumes: readonly { readonly emptyDir?: { readonly sizeLimit?: string } }[];
  readonly initContainers?: readonly { readonly name: string }[];
  readonly containers: readonly { readonly volumeMounts: readonly object[] }[];
};
const podSpecOf = async (name: string) => (await deployed(name))["spec"].template.spec as PodSpec;
const claimNames = async () =>
  (await workload.claims()).map(({ metadata }) => metadata.name).sort();

async function createModel(name: string, spec: object) {
  await api.create(`${GROUP}/namespaces/${namespace}/models`, {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name, namespace },
    spec,
  });
}
async function createServiceOn(modelRef: string, spec: object = {}) {
  await api.create(`${GROUP}/namespaces/${namespace}/inferenceservices`, {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name: "chat", namespace },
    spec: { modelRef, resources: { cpu: "1", memory: "1Gi" }, ...spec },
  });
}

describe("the built-in operator", () => {
  it("mounts the user's claim: written by two init containers, read-only where it serves", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    const spec = await podSpecOf("chat");
    expect(spec.volumes).toMatchObject([
      { name: "model-cache", persistentVolumeClaim: { claimName: "mine" } },
    ]);
    expect(spec.initContainers?.map(({ name }) => name)).toEqual([
      "model-cache-prep",
      "model-downloader",
    ]);
    expect(spec.containers[0]?.volumeMounts).toMatchObject([
      { name: "model-cache", mountPath: "/models", readOnly: true },
    ]);
    expect(await claimNames()).toEqual(["mine"]);
  });

  it("brings the service up, and then falls quiet", async () => {
    const { writes, reads } = await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    const ready = await phase("chat", "Ready");
    expect(conditionsOf(ready)).toEqual({
      Available: "True InferenceReady",
      ModelCacheReady: "True InUse",
      Suspended: "False NotSuspended",
    });
    expect(ready["status"]).toMatchObject({ readyReplicas: 1, desiredReplicas: 1, replicas: 1 });
    await vi.waitFor(
      async () => {
        const before = writes.length + reads.length;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        expect(writes.length + reads.length).toBe(before);
      },
      { timeout: 5_000, interval: 1 },
    );
    const paths = writes.map(
      ({ method, path }) => `${method} ${path.split("/").slice(-2).join("/")}`,
    );
    expect(paths.filter((path) => path.includes("deployments/"))).toHaveLength(1);
    expect(paths.filter((path) => path.includes("services/chat"))).toHaveLength(1);
  });

  it("fails for a missing claim, makes nothing in its place, and heals when it is made", async () => {
    const { writes } = await start();
    await workload.createService("chat", { claimName: "late" });
    const failed = await phase("chat", "Failed");
    expect(conditionsOf(failed)).toEqual({
      Degraded: "True Failed",
      ModelCacheReady: "False ModelCacheClaimNotFound",
      Suspended: "False NotSuspended",
    });
    const said = JSON.stringify(failed["status"].conditions);
    expect(said).toContain(String.raw`\"late\"`);
    expect(said).toContain(namespace);
    const [event] = await eventually("the event", async () => {
      const events = await workload.events("ModelCachePVCNotFound");
      return events.length > 0 ? events : null;
    });
    expect(event?.["message"]).toContain('"late"');
    expect(event).toMatchObject({ type: "Warning", action: "Reconcile" });
    expect(await deploymentOf("chat")).toBeUndefined();
    expect(await claimNames()).toEqual([]);
    await workload.createClaim("late");
    const createdAt = Date.now();
    await deployed("chat");
    expect(Date.now() - createdAt).toBeLessThan(2_000);
    await phase("chat", "Ready");
    expect(writes.filter(({ path }) => path.includes("persistentvolumeclaims"))).toEqual([]);
  });

  it("says a missing claim in one event, however often it looks, and asks once for each spec", async () => {
    const { reads } = await start();
    await workload.createService("chat", { claimName: "late" });
    await phase("chat", "Failed");
    for (const touch of ["1", "2", "3"]) {
      await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
        metadata: { annotations: { touch } },
        spec: { modelCache: { claimName: touch === "2" ? "other" : "late" } },
      });
      await eventually("the edit is seen", async () => {
        const service = await workload.service("chat");
        const observed = service?.["status"].conditions[0].observedGeneration as number;
        return observed === service?.metadata["generation"];
      });
    }
    expect(await workload.events("ModelCachePVCNotFound")).toHaveLength(2);
    const asked = reads.map(({ path }) => path.split("/").at(-1));
    expect(asked.filter((name) => name === "late" || name === "other")).toEqual([
      ...["late", "other", "late"],
    ]);
  });

  it("does not heal by the claim alone when strict", async () => {
    await start({}, NO_IMPROVEMENTS);
    await workload.createService("chat", { claimName: "late" });
    await phase("chat", "Failed");
    await workload.createClaim("late");
    await eventually("the claim is seen", async () =>
      operator?.index.get("persistentvolumeclaims", `${namespace}/late`),
    );
    await expect(
      vi.waitUntil(() => deploymentOf("chat"), { timeout: 1_500, interval: 100 }),
    ).rejects.toThrow();
    await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
      metadata: { annotations: { touch: "1" } },
    });
    await deployed("chat");
  });

  it("leaves a running Deployment alone when its claim is changed to a missing one", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await phase("chat", "Ready");
    const before = await deployed("chat");
    await workload.setClaimName("chat", "gone");
    const failed = await phase("chat", "Failed");
    expect(conditionsOf(failed)).toEqual({
      Degraded: "True Failed",
      ModelCacheReady: "False ModelCacheClaimNotFound",
      Suspended: "False NotSuspended",
    });
    expect(failed["status"].readyReplicas).toBe(1);
    expect((await deployed("chat")).metadata["generation"]).toBe(before.metadata["generation"]);
    await workload.setClaimName("chat", "mine");
    const ready = await phase("chat", "Ready");
    expect(conditionsOf(ready)).toEqual({
      Available: "True InferenceReady",
      ModelCacheReady: "True InUse",
      Suspended: "False NotSuspended",
    });
  });

  it("notices when the claim of a running service is deleted", async () => {
    await start();
    await workload.createService("chat", { claimName: "late" });
    await phase("chat", "Failed");
    await workload.createClaim("late");
    await deployed("chat");
    await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
      spec: { suspend: true },
    });
    await phase("chat", "Suspended");
    await eventually("its pods are gone", async () => {
      const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
      return pods.length === 0;
    });
    await workload.deleteClaim("late");
    const failed = await phase("chat", "Failed");
    expect(conditionsOf(failed)).toMatchObject({
      Degraded: "True Failed",
      Suspended: "True Suspended",
    });
  });

  it("makes the shared claim once for all services, and keeps it", async () => {
    const { writes } = await start();
    await createModel("phi", { source: "https://models.example.com/size-1000/phi.gguf" });
    for (const name of ["a", "b", "c"]) {
      await api.create(`${GROUP}/namespaces/${namespace}/inferenceservices`, {
        apiVersion: "inference.llmkube.dev/v1alpha1",
        kind: "InferenceService",
        metadata: { name, namespace },
        spec: { modelRef: "phi" },
      });
    }
    for (const name of ["a", "b", "c"]) await deployed(name);
    expect(await claimNames()).toEqual(["llmkube-model-cache"]);
    const [claim] = await workload.claims();
    expect(claim?.metadata["ownerReferences"]).toBeUndefined();
    expect(claim?.["spec"].resources.requests.storage).toBe("100Gi");
    const created = writes.filter(({ path }) => path.includes("persistentvolumeclaims"));
    expect(created.every(({ method }) => method === "POST")).toBe(true);
  });

  it("makes a claim of its own for each service when told so", async () => {
    await start({ cacheMode: "perService" });
    await workload.createService("chat");
    await deployed("chat");
    expect(await claimNames()).toEqual(["chat-model-cache"]);
    const [claim] = await workload.claims();
    expect(claim?.metadata["ownerReferences"]).toMatchObject([
      { kind: "InferenceService", name: "chat", controller: true },
    ]);
  });

  it("ignores the claim of a pre-staged Model and says so", async () => {
    await start();
    await workload.createClaim("staged");
    await createModel("phi", { source: "pvc://staged/m/phi.gguf" });
    await createServiceOn("phi", { modelCache: { claimName: "nowhere" } });
    const spec = await podSpecOf("chat");
    expect(spec.volumes).toMatchObject([
      { name: "model-source", persistentVolumeClaim: { claimName: "staged", readOnly: true } },
    ]);
    expect(spec.initContainers ?? []).toEqual([]);
    const events = await eventually("the event", async () => {
      const found = await workload.events("ModelCacheClaimIgnored");
      return found.length > 0 ? found : null;
    });
    expect(events[0]?.["message"]).toContain('"pvc://staged/m/phi.gguf"');
  });

  it("uses ephemeral space within the budget, and warns without one", async () => {
    await start();
    await createModel("phi", { source: "https://models.example.com/size-1000/phi.gguf" });
    await createServiceOn("phi", { modelCache: { persistence: "Ephemeral" } });
    const spec = await podSpecOf("chat");
    expect(spec.volumes).toMatchObject([{ name: "model-storage", emptyDir: {} }]);
    await eventually("the warning", async () => {
      const found = await workload.events("UnboundedEphemeralCache");
      return found.length > 0 ? found : null;
    });
    await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
      spec: { resources: { ephemeralStorage: "5Gi" } },
    });
    await eventually("the budget reaches the volume", async () => {
      const [volume] = (await podSpecOf("chat")).volumes;
      return volume?.emptyDir?.sizeLimit === "5Gi";
    });
    expect(await claimNames()).toEqual([]);
  });

  it("waits for the Model, and goes on when it is there", async () => {
    await start();
    await createServiceOn("phi");
    expect(conditionsOf(await phase("chat", "Failed"))["Degraded"]).toBe("True Failed");
    await createModel("phi", { source: "pvc://staged/phi.gguf" });
    expect(conditionsOf(await phase("chat", "Pending"))["Progressing"]).toBe("True Pending");
    await workload.createClaim("staged");
    await deployed("chat");
  });

  it("scales to zero and back", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await phase("chat", "Ready");
    const path = `${GROUP}/namespaces/${namespace}/inferenceservices/chat`;
    await api.patch(path, { spec: { replicas: 0 } });
    const stopped = await phase("chat", "Stopped");
    expect(conditionsOf(stopped)["Available"]).toBe("False ManuallyScaledToZero");
    expect((await deployed("chat"))["spec"].replicas).toBe(0);
    await api.patch(path, { spec: { replicas: 1, suspend: true } });
    expect(conditionsOf(await phase("chat", "Suspended"))["Suspended"]).toBe("True Suspended");
    await api.patch(path, { spec: { suspend: false } });
    await phase("chat", "Ready");
  });

  it("puts back what somebody changed in its Deployment, and leaves what they added", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await phase("chat", "Ready");
    await api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/chat`, {
      spec: { replicas: 2, template: { metadata: { annotations: { theirs: "1" } } } },
    });
    await eventually("the count is back", async () => {
      const deployment = await deploymentOf("chat");
      return deployment?.["spec"].replicas === 1 ? deployment : null;
    });
    const deployment = await deployed("chat");
    expect(deployment["spec"].template.metadata.annotations).toMatchObject({
      theirs: "1",
      "karpenter.sh/do-not-disrupt": "true",
    });
  });

  it("puts back the Service that somebody deletes or bends", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    const path = `/api/v1/namespaces/${namespace}/services/chat`;
    const first = await eventually("it is there", () => api.get(path));
    await api.delete(path);
    await eventually("it is there again", async () => {
      const found = await api.get(path);
      return found !== undefined && found.metadata.uid !== first.metadata.uid;
    });
    await api.patch(path, { spec: { selector: { app: "another" } } });
    await eventually("its selector is back", async () => {
      const found = await api.get(path);
      return found?.["spec"].selector.app === "chat";
    });
  });

  it("asks for nothing after a restart, and writes only what an edit changes", async () => {
    const first = await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await phase("chat", "Ready");
    await first.stop();
    const second = await start();
    await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
      spec: { replicas: 0 },
    });
    await phase("chat", "Stopped");
    expect(second.reads).toEqual([]);
    const written = second.writes.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
    expect(new Set(written)).toEqual(new Set(["PATCH chat", "PUT status"]));
  });

  it("changes from rolling updates to recreation with a GPU, and back", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await deployed("chat");
    const path = `${GROUP}/namespaces/${namespace}/inferenceservices/chat`;
    const strategy = (type: string) =>
      eventually(`the strategy is ${type}`, async () => {
        const deployment = await deploymentOf("chat");
        return deployment?.["spec"].strategy.type === type ? deployment : null;
      });
    await api.patch(path, { spec: { resources: { gpu: 1 } } });
    expect((await strategy("Recreate"))["spec"].strategy).toEqual({ type: "Recreate" });
    await api.patch(path, { spec: { resources: { gpu: 0 } } });
    await strategy("RollingUpdate");
  });

  it("says honestly what it cannot build", async () => {
    await start();
    await workload.createClaim("mine");
    await workload.createService("chat", { claimName: "mine" });
    await api.patch(`${GROUP}/namespaces/${namespace}/inferenceservices/chat`, {
      spec: { resources: { cpu: "plenty" } },
    });
    const failed = await phase("chat", "Failed");
    expect(JSON.stringify(failed["status"].conditions)).toContain("plenty");
  });
});
