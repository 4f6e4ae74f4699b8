import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import { createRestrictedAccess, type RestrictedAccess } from "@/server/testing/restricted-access";
import { type MooringUnderTest, startMooringUnderTest } from "@/server/testing/mooring-under-test";

const ISVC = "/apis/inference.llmkube.dev/v1alpha1";
const OPERATOR = "llmkube-controller-manager";
const ERROR = 50;

let api: KubeApi;
let namespace: string;
let mooring: MooringUnderTest | null;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  mooring = null;
  namespace = await api.createNamespace("operator");
});
afterEach(async () => {
  await mooring?.stop();
  await api.delete(deployments());
  await api.delete(`/api/v1/namespaces/${namespace}`);
});

const deployments = (name = OPERATOR) =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;

function installOperator(args: string[] = []): Promise<KubeObject> {
  const labels = { app: OPERATOR };
  const image = "ghcr.io/defilantech/llmkube-controller:0.9.19";
  return api.apply(deployments(), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: OPERATOR },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "manager", image, args }] },
      },
    },
  });
}

async function createService(name: string): Promise<void> {
  const metadata = { name };
  const apiVersion = "inference.llmkube.dev/v1alpha1";
  const base = `${ISVC}/namespaces/${namespace}`;
  const source = "https://example.com/models/phi.gguf";
  await api.create(`${base}/models`, { apiVersion, kind: "Model", metadata, spec: { source } });
  const spec = { modelRef: name };
  await api.create(`${base}/inferenceservices`, {
    apiVersion,
    kind: "InferenceService",
    metadata,
    spec,
  });
}

async function start(env: Record<string, string>, kubeconfig = inject("kubeconfig")) {
  mooring = await startMooringUnderTest(kubeconfig, { MOORING_NAMESPACES: namespace, ...env });
  const { life } = mooring;
  await eventually("it has looked", () => life.chosenOperator().search).not.toBe("pending");
  return mooring;
}

const eventually = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 20_000, interval: 50 });
const deploymentOf = async (name: string) =>
  (await api.get(deployments(name)))?.metadata.name ?? null;
/** Mooring has seen the service and worked out what to show of it: what acts on it was told before. */
const isShown = async (name: string) => {
  await mooring?.life.rows.whenReady();
  return mooring?.life.rows.services().some((row) => row.name === name) ?? false;
};

describe("the built-in operator", () => {
  it("stops writing at once when LLMKube's appears, says so, and goes on when it is gone", async () => {
    const { life, writes, lines } = await start({ MOORING_OPERATOR: "builtin" });
    await createService("first");
    await eventually("a Deployment is made", () => deploymentOf("first")).toBe("first");

    await installOperator(["--model-cache-mode=perService"]);
    await eventually("it stopped", () => life.chosenOperator().mode).toBe("none");
    const before = writes.length;
    expect(before, "what it sent is recorded").toBeGreaterThan(0);
    const { refused, settings } = life.chosenOperator();
    expect(refused).toMatchObject({ reason: "OperatorFound" });
    expect(refused?.message).toContain(`${namespace}/${OPERATOR}`);
    expect(settings.cacheMode).toBe("perService");
    const [error] = lines.filter(({ level }) => level === ERROR);
    expect(error).toMatchObject({ msg: "the built-in operator stops" });

    for (const name of ["second", "third"]) {
      await createService(name);
      await eventually("it is shown", () => isShown(name)).toBe(true);
    }
    expect(writes.slice(before)).toEqual([]);
    expect(await deploymentOf("second")).toBeNull();

    await api.delete(deployments());
    await eventually("a Deployment is made", () => deploymentOf("second")).toBe("second");
    expect(life.chosenOperator()).toMatchObject({ mode: "builtin", refused: null });
  });

  it("does not start beside LLMKube's", async () => {
    await installOperator();
    await createService("alone");
    const { life, writes, lines } = await start({ MOORING_OPERATOR: "builtin" });
    expect(life.chosenOperator()).toMatchObject({ mode: "none", wanted: "builtin" });
    await eventually("it is shown", () => isShown("alone")).toBe(true);
    expect(writes).toEqual([]);
    expect(lines.filter(({ level }) => level === ERROR)).toMatchObject([
      { msg: "the built-in operator does not start", reason: "OperatorFound" },
    ]);
  });
});

describe("the built-in operator where Deployments may not be listed everywhere", () => {
  let access: RestrictedAccess;
  beforeEach(async () => {
    access = await createRestrictedAccess(api, namespace, {
      kubeconfig: inject("kubeconfig"),
      ownDeploymentsOnly: true,
    });
  });
  afterEach(() => access.remove());

  it("does not start blindly, and says how to say that it may", async () => {
    await createService("blind");
    const { life, writes } = await start({ MOORING_OPERATOR: "builtin" }, access.kubeconfig);
    const { mode, search, refused, settings } = life.chosenOperator();
    expect({ mode, search }).toEqual({ mode: "none", search: "incomplete" });
    expect(refused).toMatchObject({ reason: "SearchIncomplete" });
    expect(refused?.message).toContain("MOORING_OPERATOR_ALONE=true");
    expect(settings.unknown).toContain("cacheMode");
    await eventually("it is shown", () => isShown("blind")).toBe(true);
    expect(writes).toEqual([]);
  });

  it("beside LLMKube says of a service that its cache is unknown", async () => {
    await createService("hidden");
    await api.patchStatus(`${ISVC}/namespaces/${namespace}/models/hidden`, {
      phase: "Ready",
      cacheKey: "0123456789abcdef",
    });
    const { life } = await start({ MOORING_OPERATOR: "none" }, access.kubeconfig);
    await life.rows.whenReady();
    const row = () => life.rows.services().find(({ name }) => name === "hidden");
    await eventually("it is shown", () => row()?.cache.kind).toBe("Unknown");
    expect(row()?.findings.map(({ code }) => code)).toContain("OperatorSettingsUnknown");
  });

  it("starts when somebody vouches for it, and still not beside one that it sees", async () => {
    const env = { MOORING_OPERATOR: "builtin", MOORING_OPERATOR_ALONE: "true" };
    const { life } = await start(env, access.kubeconfig);
    expect(life.chosenOperator().mode).toBe("builtin");
    await installOperator();
    await eventually("it stopped", () => life.chosenOperator().refused?.reason).toBe(
      "OperatorFound",
    );
  });
});

describe("beside LLMKube", () => {
  it("the settings follow its Deployment without a restart, and every row with them", async () => {
    await installOperator(["--model-cache-mode=shared", "--model-cache-size=$(SIZE)"]);
    await createService("chat");
    await api.patchStatus(`${ISVC}/namespaces/${namespace}/models/chat`, {
      phase: "Ready",
      cacheKey: "0123456789abcdef",
    });
    const { life } = await start({ MOORING_OPERATOR: "none" });
    expect(life.chosenOperator().settings).toMatchObject({
      cacheMode: "shared",
      unknown: ["cacheSize"],
    });
    await life.rows.whenReady();
    const service = () => life.rows.services().find(({ name }) => name === "chat");
    await eventually("the shared cache is expected", () => service()?.cache.effectiveClaim).toBe(
      "llmkube-model-cache",
    );
    await installOperator(["--model-cache-mode=perService", "--model-cache-size=5Gi"]);
    await eventually("its own cache is expected", () => service()?.cache.effectiveClaim).toBe(
      "chat-model-cache",
    );
    expect(life.chosenOperator().settings).toMatchObject({ cacheSize: "5Gi", unknown: [] });
    await installOperator(["--model-cache-path="]);
    await eventually("no cache is expected", () => service()?.cache.kind).toBe("None");
  });
});
