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

import { KubeApi } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import {
  startOperatorUnderTest,
  type OperatorUnderTest,
} from "@/server/testing/operator-under-test";

let api: KubeApi;
let namespace: string;
let workload: Workload;
let operator: OperatorUnderTest;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("autoscaler");
  workload = createWorkload(api, namespace);
  await workload.createClaim("mine");
  await workload.createService("chat", { claimName: "mine" });
  operator = await startOperatorUnderTest({ kubeconfig: inject("kubeconfig"), namespace });
});
afterEach(async () => {
  await operator.stop();
  await workload.deleteVolumes();
});

const autoscaler = () =>
  api.get(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/chat`);
const edit = (spec: object) =>
  api.patch(`/apis/inference.llmkube.dev/v1alpha1/namespaces/${namespace}/inferenceservices/chat`, {
    spec,
  });
const waitFor = <T>(ask: () => Promise<T>) => vi.waitFor(ask, { timeout: 15_000, interval: 50 });

async function scaled() {
  return waitFor(async () => {
    const found = await autoscaler();
    if (found === undefined) throw new Error("no autoscaler yet");
    return found;
  });
}

async function gone() {
  await waitFor(async () => expect(await autoscaler()).toBeUndefined());
}

describe("an autoscaled service", () => {
  it("gets an autoscaler, loses it while suspended, and has it back", async () => {
    await edit({ autoscaling: { maxReplicas: 3 } });
    expect((await scaled())["spec"]).toMatchObject({
      scaleTargetRef: { kind: "Deployment", name: "chat" },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: "Pods", pods: { metric: { name: "llamacpp:requests_processing" } } }],
    });
    await edit({ suspend: true });
    await gone();
    await edit({ suspend: false });
    await scaled();
    await edit({ autoscaling: null });
    await gone();
  });

  it("follows a changed target, and says what is none", async () => {
    await edit({ autoscaling: { maxReplicas: 3 } });
    await scaled();
    await edit({ autoscaling: { maxReplicas: 5 } });
    await waitFor(async () => expect((await autoscaler())?.["spec"].maxReplicas).toBe(5));
    const metrics = [{ type: "Pods", name: "queue", targetAverageValue: "many" }];
    await edit({ autoscaling: { maxReplicas: 5, metrics } });
    await waitFor(async () =>
      expect(JSON.stringify((await workload.service("chat"))?.["status"])).toContain('\\"many\\"'),
    );
  });

  it("takes no autoscaler away that somebody else made", async () => {
    const foreign = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "chat", namespace, labels: { "inference.llmkube.dev/service": "chat" } },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "chat" },
        maxReplicas: 2,
      },
    };
    await api.create(
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      foreign,
    );
    await edit({ suspend: true });
    await waitFor(async () => expect(await workload.phase("chat")).toBe("Suspended"));
    expect(await autoscaler()).toBeDefined();
    expect(operator.writes.filter(({ path }) => path.includes("autoscalers"))).toEqual([]);
  });
});
