import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { parse } from "yaml";

import { claimListSchema } from "../../server/contract/claim-view";
import type { Finding, FindingCode } from "../../server/contract/finding";
import { serviceListSchema, type ServiceView } from "../../server/contract/service-view";
import { KubeApi } from "../cluster/kube-api";
import { startSandbox } from "../cluster/start-sandbox";
import { startMooring } from "../start-mooring";

const SERVICES = "/apis/inference.llmkube.dev/v1alpha1/namespaces";
const FILES = "sandbox.mooring.dev/files";

/** A demo cluster of these tests alone, because they put right what others look at. */
type Demo = {
  readonly api: KubeApi;
  services(): Promise<readonly ServiceView[]>;
  service(key: string): Promise<ServiceView>;
  claimCodes(key: string): Promise<readonly FindingCode[] | "gone">;
  /** Sets or removes (null) the claim the way the panel does. */
  attach(key: string, claimName: string | null): Promise<void>;
};

const test = base.extend<object, { readonly demo: Demo }>({
  demo: [
    async ({}, use) => {
      const sandbox = await startSandbox({ demo: true, speed: 10 });
      const dataDir = mkdtempSync(join(tmpdir(), "mooring-fixes-"));
      const mooring = await startMooring({
        kubeconfig: sandbox.kubeconfig,
        cluster: "sandbox",
        operator: "builtin",
        dataDir,
        logName: "e2e-fixes",
      });
      const api = new KubeApi(sandbox.kubeconfig);
      await use(connect(api, `${mooring.url}/api/v1`));
      await api.close();
      await mooring.stop();
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

function connect(api: KubeApi, url: string): Demo {
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  const services = async () => serviceListSchema.parse(await read("/inferenceservices")).items;
  return {
    api,
    services,
    service: async (key) => {
      const found = (await services()).find((one) => `${one.namespace}/${one.name}` === key);
      if (found === undefined) throw new Error(`There is no service ${key}`);
      return found;
    },
    claimCodes: async (key) => {
      const { items } = claimListSchema.parse(await read("/persistentvolumeclaims"));
      const found = items.find((one) => `${one.namespace}/${one.name}` === key);
      return found === undefined ? "gone" : found.findings.map(({ code }) => code);
    },
    attach: async (key, claimName) => {
      const [namespace = "", name = ""] = key.split("/");
      const response = await fetch(
        `${url}/namespaces/${namespace}/inferenceservices/${name}/attachments`,
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ claimName }),
        },
      );
      expect(response.status, await response.text()).toBe(202);
    },
  };
}

type Situation = {
  readonly service: string;
  readonly code: FindingCode;
  /** What the finding has to say to do, for the fix to be what it says. */
  readonly says: RegExp;
  readonly fix: (demo: Demo, finding: Finding) => Promise<unknown>;
};

const isvc = (key: string) => `${SERVICES}/${key.replace("/", "/inferenceservices/")}`;
const pvc = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const setSpec = ({ api }: Demo, key: string, spec: unknown) =>
  api.patch(isvc(key), { spec }, "kubectl-edit");

function aClaim(namespace: string, name: string, size: string) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: {
      accessModes: ["ReadWriteMany"],
      storageClassName: "nfs-rwx",
      resources: { requests: { storage: size } },
    },
  };
}

/** As `rm -r` of the directories that no Model knows, on the volume behind a claim. */
async function freeSpace({ api }: Demo, namespace: string, claim: string): Promise<void> {
  const found = await api.get(`${pvc(namespace)}/${claim}`);
  const path = `/api/v1/persistentvolumes/${String(found?.["spec"].volumeName)}`;
  const annotations = { [FILES]: "{}" };
  await api.patch(path, { metadata: { annotations } });
}

/** `kubectl get model X -o yaml`, `kubectl delete`, `kubectl apply`. */
async function recreateModel({ api }: Demo, namespace: string, name: string): Promise<void> {
  const models = `${SERVICES}/${namespace}/models`;
  const model = await api.get(`${models}/${name}`);
  await api.delete(`${models}/${name}`);
  const { apiVersion, kind } = model ?? {};
  await api.create(models, {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: model?.["spec"] as unknown,
  });
}

/** A copy of the weights in a bucket, with a Secret that opens it. */
async function useBucket(demo: Demo): Promise<void> {
  const { api } = demo;
  const namespace = "research";
  await api.create(`/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "bucket", namespace },
    stringData: { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "eu" },
  });
  await api.create(`${SERVICES}/${namespace}/models`, {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "Model",
    metadata: { name: "starcoder2-15b-copy", namespace },
    spec: {
      source: "s3://models/size-9800000000/starcoder2-15b.gguf",
      sourceSecretRef: { name: "bucket" },
      hardware: { accelerator: "cuda", gpu: { enabled: true, count: 1, vendor: "nvidia" } },
    },
  });
  await setSpec(demo, "research/starcoder2-15b", { modelRef: "starcoder2-15b-copy" });
}

/** The repository without the field, as Flux applies it. */
async function leaveFieldOut({ api }: Demo, key: string): Promise<void> {
  const [namespace = "", name = ""] = key.split("/");
  const applied = {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name, namespace },
  };
  await api.apply(isvc(key), applied, "kustomize-controller");
}

const SITUATIONS: readonly Situation[] = [
  {
    service: "prod/llama-3.3-70b",
    code: "ModelCachePVCNotFound",
    says: /Create the claim.*continues by itself/,
    fix: ({ api }, { actions }) => {
      const shown = actions.find(({ type }) => type === "ShowYaml");
      return api.create(pvc("prod"), parse(shown?.type === "ShowYaml" ? shown.yaml : ""));
    },
  },
  {
    service: "prod/qwen3-32b",
    code: "ClaimNodeMismatch",
    says: /let the service run on gpu-1/,
    fix: (demo) =>
      setSpec(demo, "prod/qwen3-32b", { nodeSelector: { "kubernetes.io/hostname": "gpu-1" } }),
  },
  {
    service: "research/granite-3.3-8b-eval",
    code: "ClaimInUseOnOtherNode",
    says: /run both on one node/,
    fix: (demo) =>
      setSpec(demo, "research/granite-3.3-8b-eval", {
        nodeSelector: { "kubernetes.io/hostname": "gpu-1" },
      }),
  },
  {
    service: "research/mixtral-8x7b",
    code: "ModelTransferOutOfSpace",
    says: /Free space on the claim.*started again by itself/,
    fix: (demo) => freeSpace(demo, "research", "llmkube-model-cache"),
  },
  {
    service: "research/phi-4",
    code: "UnbindableModelCache",
    says: /Create a new claim, best with another storage class, and attach it/,
    fix: async (demo) => {
      await demo.api.create(pvc("research"), aClaim("research", "phi-4-cache-2", "40Gi"));
      await demo.attach("research/phi-4", "phi-4-cache-2");
      await demo.api.delete(`${pvc("research")}/phi-4-cache`);
    },
  },
  {
    service: "research/starcoder2-15b",
    code: "ModelSourceUnauthorized",
    says: /a copy in a bucket \(s3:\/\/ with sourceSecretRef\)/,
    fix: useBucket,
  },
  {
    service: "prod/llama-3.2-3b",
    code: "StaleCacheKey",
    says: /delete and re-create "llama-3.2-3b"/,
    fix: (demo) => recreateModel(demo, "prod", "llama-3.2-3b"),
  },
  {
    service: "research/embed-bge",
    code: "ModelCacheClaimIgnored",
    says: /Detach the claim/,
    fix: (demo) => demo.attach("research/embed-bge", null),
  },
  {
    service: "research/rerank-v2",
    code: "UnboundedEphemeralCache",
    says: /Set spec\.resources\.ephemeralStorage/,
    fix: (demo) => setSpec(demo, "research/rerank-v2", { resources: { ephemeralStorage: "2Gi" } }),
  },
  {
    service: "prod/mistral-small-24b",
    code: "FieldOwnedByOther",
    says: /leave the field out of the repository/,
    fix: (demo) => leaveFieldOut(demo, "prod/mistral-small-24b"),
  },
];

const WITHOUT_FINDINGS = [
  "prod/bge-m3",
  "prod/codestral-22b",
  "prod/llama-3.1-8b",
  "prod/phi-4-mini",
  "prod/voxtral-mini-3b",
  "research/deepseek-r1-14b",
  "research/gemma-3-27b",
  "research/granite-3.3-8b",
  "research/nomic-embed",
  "research/qwen2.5-coder-32b",
];

const CLAIMS: readonly {
  readonly claim: string;
  readonly code: FindingCode;
  readonly fix: (demo: Demo) => Promise<unknown>;
  readonly after: readonly FindingCode[] | "gone";
}[] = [
  {
    claim: "prod/scratch-nvme",
    code: "ClaimPending",
    // "it is bound where the first pod of a service lands"
    fix: (demo) => demo.attach("prod/codestral-22b", "scratch-nvme"),
    after: [],
  },
  {
    claim: "prod/old-models",
    code: "ClaimTerminating",
    // "until then it is held by notebook-anna-0"
    fix: ({ api }) => api.delete("/api/v1/namespaces/prod/pods/notebook-anna-0"),
    after: "gone",
  },
  {
    claim: "prod/retired-models",
    code: "ClaimLost",
    // "will not recover"
    fix: ({ api }) => api.delete(`${pvc("prod")}/retired-models`),
    after: "gone",
  },
];

const SETTLED = { timeout: 90_000, intervals: [250] };

test.describe("the demo data", () => {
  test.describe.configure({ mode: "default", timeout: 120_000 });

  test("every service is explained by exactly the right worst finding, and the others by none", async ({
    demo,
  }) => {
    const expected = Object.fromEntries([
      ...SITUATIONS.map(({ service, code }) => [service, code] as const),
      ...WITHOUT_FINDINGS.map((key) => [key, "none"] as const),
    ]);
    const worst = async () =>
      Object.fromEntries(
        (await demo.services()).map(
          (one) => [`${one.namespace}/${one.name}`, one.findings[0]?.code ?? "none"] as const,
        ),
      );
    await expect.poll(worst, SETTLED).toEqual(expected);
  });

  for (const { service, code, says, fix } of SITUATIONS) {
    test(`${code} of ${service} goes away when its next step is followed by hand`, async ({
      demo,
    }) => {
      const found = async () => (await demo.service(service)).findings;
      await expect.poll(async () => (await found())[0]?.code, SETTLED).toBe(code);
      const [finding] = await found();
      expect(finding?.nextStep).toMatch(says);
      await fix(demo, finding as Finding); // the line above fails without one
      const state = async () => {
        const { phase, replicas, findings } = await demo.service(service);
        const isWhole = replicas.ready === replicas.desired;
        return { phase, isWhole, findings: findings.map((one) => one.code) };
      };
      const healthy = { phase: "Ready", isWhole: true, findings: [] };
      await expect.poll(state, SETTLED).toEqual(healthy);
    });
  }

  for (const { claim, code, fix, after } of CLAIMS) {
    test(`${code} of claim ${claim} goes away when it is followed`, async ({ demo }) => {
      await expect.poll(() => demo.claimCodes(claim), SETTLED).toEqual([code]);
      await fix(demo);
      await expect.poll(() => demo.claimCodes(claim), SETTLED).toEqual(after);
    });
  }

  test("then nothing is left to say about any service", async ({ demo }) => {
    const left = async () =>
      (await demo.services()).flatMap(({ name, phase, findings }) => [
        ...findings.map(({ code }) => `${name}: ${code}`),
        ...(phase === "Ready" || phase === "Suspended" ? [] : [`${name}: ${phase ?? "no phase"}`]),
      ]);
    await expect.poll(left, SETTLED).toEqual([]);
  });
});
