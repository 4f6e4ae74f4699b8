import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import {
  startOperatorUnderTest,
  type OperatorUnderTest,
} from "@/server/testing/operator-under-test";
import { createRestrictedAccess } from "@/server/testing/restricted-access";
import { OPERATOR_MANAGER } from "./operator-deps";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const SERVICES = ["chat", "code", "embed", "draft"];
/** The last one is never made. */
const CLAIMS = ["nvme-a", "nvme-b", "nvme-c", "nowhere"];
const STEPS = 200;
const SEED = Number(process.env["MOORING_TEST_SEED"] ?? Date.now() % 1_000_000);

let api: KubeApi;
let namespace: string;
let workload: Workload;
let operator: OperatorUnderTest;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("claims");
  workload = createWorkload(api, namespace);
  await workload.createClaim("nvme-a");
  await workload.createClaim("nvme-b");
  for (const name of SERVICES) await workload.createService(name, { claimName: "nvme-a" });
});
afterEach(async () => {
  await workload.deleteVolumes();
});

type Step = (services: string) => Promise<unknown>;

const claims = () => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const service = fc.constantFrom(...SERVICES);
/** What is not there is not edited: the run goes on. */
const edit = (path: string, spec: object) =>
  api.call("PATCH", `${path}?fieldManager=test`, { spec }, "application/merge-patch+json");
const claimBody = (name: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name, namespace },
  spec: {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "",
    resources: { requests: { storage: "1Gi" } },
  },
});

/** An edit that leaves every service with a claim of its user's. */
const userSteps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(service, fc.constantFrom(...CLAIMS)).map(
    ([name, claimName]): Step =>
      (root) =>
        edit(`${root}/inferenceservices/${name}`, { modelCache: { claimName } }),
  ),
  fc.constant(() => api.call("POST", claims(), claimBody("nvme-c"))),
  fc.constant(() => api.call("DELETE", `${claims()}/nvme-c`)),
  fc.tuple(service, fc.nat(3)).map(
    ([name, part]): Step =>
      (root) =>
        edit(`${root}/models/${name}`, { source: `https://models.example.com/${part}.gguf` }),
  ),
  fc.tuple(service, fc.nat(2)).map(
    ([name, replicas]): Step =>
      (root) =>
        edit(`${root}/inferenceservices/${name}`, { replicas }),
  ),
  fc.tuple(service, fc.boolean()).map(
    ([name, suspend]): Step =>
      (root) =>
        edit(`${root}/inferenceservices/${name}`, { suspend }),
  ),
);

/** Also edits after which the operator makes claims of its own. */
const anySteps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: userSteps },
  {
    weight: 1,
    arbitrary: service.map(
      (name): Step =>
        (root) =>
          edit(`${root}/inferenceservices/${name}`, { modelCache: null }),
    ),
  },
);

async function run(steps: fc.Arbitrary<Step>): Promise<void> {
  const length = { minLength: STEPS, maxLength: STEPS };
  const [chosen = []] = fc.sample(fc.array(steps, length), { seed: SEED, numRuns: 1 });
  for (const step of chosen) await step(`${GROUP}/namespaces/${namespace}`);
  let before = -1;
  while (operator.writes.length !== before) {
    before = operator.writes.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

const claimWrites = () =>
  operator.writes.filter(({ path }) => path.includes("/persistentvolumeclaims"));

async function expectUntouched(): Promise<void> {
  for (const { metadata } of await workload.claims()) {
    if (!CLAIMS.includes(metadata.name)) continue;
    const managers = metadata["managedFields"] as readonly { readonly manager: string }[];
    expect(managers.map(({ manager }) => manager)).not.toContain(OPERATOR_MANAGER);
    expect(metadata["ownerReferences"]).toBeUndefined();
  }
}

describe(`a long random run (MOORING_TEST_SEED=${SEED})`, () => {
  it("needs no right to change a claim where services name their own, and changes none", async () => {
    const access = await createRestrictedAccess(api, namespace, {
      kubeconfig: inject("kubeconfig"),
    });
    operator = await startOperatorUnderTest({
      kubeconfig: access.kubeconfig,
      furnishWith: inject("kubeconfig"),
      namespace,
    });
    try {
      await run(userSteps);
      expect(operator.writes.length).toBeGreaterThan(SERVICES.length);
      expect(claimWrites()).toEqual([]);
      expect(operator.errors).toEqual([]);
      await expectUntouched();
    } finally {
      await operator.stop();
      await access.remove();
    }
  }, 120_000);

  it("makes its own claim, and writes no user's, where both are used", async () => {
    operator = await startOperatorUnderTest({ kubeconfig: inject("kubeconfig"), namespace });
    try {
      await run(anySteps);
      const names = new Set(claimWrites().map(({ method, name }) => `${method} ${name}`));
      expect([...names]).toEqual(["POST llmkube-model-cache"]);
      expect(operator.errors).toEqual([]);
      await expectUntouched();
    } finally {
      await operator.stop();
    }
  }, 120_000);
});
