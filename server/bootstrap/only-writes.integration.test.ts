import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { RECONCILE_REQUESTED_AT } from "@/server/domain/reconcile-request";
import { type MooringUnderTest, startMooringUnderTest } from "@/server/testing/mooring-under-test";
import type { SentWrite } from "@/server/testing/recorded-writes";

const GROUP = "inference.llmkube.dev/v1alpha1";
const STEPS = 200;
const APPLY = "application/apply-patch+yaml";

let api: KubeApi;
let namespace: string;
let mooring: MooringUnderTest;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("only-writes");
  const env = { MOORING_OPERATOR: "none", MOORING_NAMESPACES: namespace };
  mooring = await startMooringUnderTest(inject("kubeconfig"), env);
  await mooring.life.rows.whenReady();
});
afterEach(async () => {
  await mooring.stop();
  await api.delete(`/api/v1/namespaces/${namespace}`);
});

const eventually = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 20_000, interval: 50 });
const service = (name: string) =>
  `/apis/${GROUP}/namespaces/${namespace}/inferenceservices/${name}`;
const model = (name: string) => `/apis/${GROUP}/namespaces/${namespace}/models/${name}`;
const claim = (name: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`;
const collection = (path: string) => path.slice(0, path.lastIndexOf("/"));

/** Somebody's requests: what the API server says to them is theirs to know. */
const someone = {
  createService: (name: string, spec: object = {}) =>
    api.call("POST", collection(service(name)), {
      apiVersion: GROUP,
      kind: "InferenceService",
      metadata: { name },
      spec: { modelRef: "m0", ...spec },
    }),
  createClaim: (name: string) =>
    api.call("POST", collection(claim(name)), {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        storageClassName: "",
      },
    }),
  createModel: (name: string) =>
    api.call("POST", collection(model(name)), {
      apiVersion: GROUP,
      kind: "Model",
      metadata: { name },
      spec: { source: `https://example.com/${name}.gguf` },
    }),
  merge: (path: string, patch: object) =>
    api.call("PATCH", `${path}?fieldManager=someone`, patch, "application/merge-patch+json"),
  delete: (path: string) => api.call("DELETE", path, {}),
};

/** What LLMKube says of a service whose claim is missing. */
const failedFor = (claimName: string) => ({
  status: {
    phase: "Failed",
    conditions: [
      {
        type: "Degraded",
        status: "True",
        reason: "Failed",
        message: `Failed to ensure model cache PVC: model cache PVC "${claimName}" not found`,
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ],
  },
});

async function attach(name: string, claimName: string | null): Promise<void> {
  const { index, attachments, acceptAttachment } = mooring.life;
  const key = { namespace, name };
  const seen = index.get("inferenceservices", `${namespace}/${name}`);
  if (seen === null) return;
  const attachment = await attachments.create({
    key,
    serviceUid: seen.metadata.uid,
    claimName,
    persistence: null,
    previousClaimName: seen.spec.modelCache?.claimName ?? null,
    previousPersistence: null,
    actor: { name: "ada", groups: [] },
    comment: null,
    writeAnyway: true,
    takeOwnership: claimName === "c0",
    idempotencyKey: null,
  });
  acceptAttachment(attachment);
}

/** Numbers below `limit` that are the same in every run. Source: mulberry32. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

async function randomStep(number: (limit: number) => number): Promise<void> {
  const name = `s${number(5)}`;
  const claimName = `c${number(4)}`;
  const modelName = `m${number(2)}`;
  const steps: (() => Promise<unknown>)[] = [
    () => someone.createService(name, { modelRef: modelName }),
    () => someone.createService(name, { modelRef: modelName, modelCache: { claimName } }),
    () => someone.delete(service(name)),
    () => someone.createClaim(claimName),
    () => someone.createClaim(claimName),
    () => someone.delete(claim(claimName)),
    () => someone.createModel(modelName),
    () => someone.delete(model(modelName)),
    () =>
      someone.merge(`${model(modelName)}/status`, { status: { phase: "Ready", cacheKey: "k" } }),
    () => someone.merge(service(name), { spec: { modelCache: { claimName } } }),
    () => someone.merge(service(name), { spec: { modelCache: null } }),
    () => someone.merge(service(name), { spec: { suspend: number(2) === 0 } }),
    () => someone.merge(`${service(name)}/status`, failedFor(claimName)),
    () => someone.merge(`${service(name)}/status`, { status: { phase: "Ready", conditions: [] } }),
    () => attach(name, claimName),
    () => attach(name, claimName),
    () => attach(name, null),
  ];
  await steps[number(steps.length)]?.();
}

type Kind = "review" | "claimName" | "wake" | "other";

/** Which of the few things that Mooring may send this is. */
function kindOf({ method, path, contentType, body }: SentWrite): Kind {
  if (method === "POST" && /^\/apis\/authorization\.k8s\.io\/v1\/\w*accessreviews$/.test(path))
    return "review";
  const isService =
    /^\/apis\/inference\.llmkube\.dev\/v1alpha1\/namespaces\/[\w-]+\/inferenceservices\/[\w-]+\?/.test(
      path,
    );
  if (method !== "PATCH" || !isService) return "other";
  const fields = leavesOf(body);
  const isApply = contentType === APPLY;
  const may = isApply
    ? [
        "apiVersion",
        "kind",
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.modelCache.claimName",
      ]
    : [
        "metadata.uid",
        "metadata.resourceVersion",
        `metadata.annotations.${RECONCILE_REQUESTED_AT}`,
      ];
  if (!path.includes("fieldManager=mooring") || !fields.every((field) => may.includes(field)))
    return "other";
  return isApply ? "claimName" : "wake";
}

function leavesOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, nested]) =>
    leavesOf(nested, path === "" ? name : `${path}.${name}`),
  );
}

describe("beside LLMKube, whatever happens", () => {
  it.each([1, 2])(
    "Mooring writes the name of the claim, and wakes, and nothing else (%i)",
    async (seed) => {
      const number = numbersFrom(seed);
      await someone.createModel("m0");
      for (let step = 0; step < STEPS; step += 1) await randomStep(number);

      // What is asked for last shows that everything before it was taken up.
      await someone.createService("last");
      await eventually("it is seen", () =>
        mooring.life.index.get("inferenceservices", `${namespace}/last`),
      ).not.toBeNull();
      await attach("last", "last-claim");
      const written = async () =>
        ((await api.get(service("last")))?.["spec"] as { modelCache?: unknown }).modelCache;
      await eventually("the claim is written", written).toEqual({ claimName: "last-claim" });

      const kinds = new Set(mooring.writes.map(kindOf));
      expect(mooring.writes.filter((write) => kindOf(write) === "other")).toEqual([]);
      expect([...kinds]).toContain("claimName");
    },
  );

  it("a service that failed for its missing claim is woken once when the claim is there", async () => {
    await someone.createService("chat");
    await eventually("it is seen", () =>
      mooring.life.index.get("inferenceservices", `${namespace}/chat`),
    ).not.toBeNull();
    await attach("chat", "later");
    const written = async () =>
      ((await api.get(service("chat")))?.["spec"] as { modelCache?: unknown }).modelCache;
    await eventually("the claim is written", written).toEqual({ claimName: "later" });
    await someone.merge(`${service("chat")}/status`, failedFor("later"));
    await someone.createClaim("later");

    const wakes = () => mooring.writes.filter((write) => kindOf(write) === "wake");
    await eventually("it is woken", () => wakes().length).toBe(1);
    const annotations = (await api.get(service("chat")))?.metadata["annotations"];
    expect(annotations).toHaveProperty([RECONCILE_REQUESTED_AT]);

    // LLMKube fails once more for the same cause: that is no new cause.
    await someone.merge(service("chat"), { spec: { suspend: true } });
    await someone.merge(`${service("chat")}/status`, { status: { mode: "chat" } });
    await eventually(
      "that is seen",
      () => mooring.life.index.get("inferenceservices", `${namespace}/chat`)?.status?.mode,
    ).toBe("chat");
    expect(wakes()).toHaveLength(1);
    expect(mooring.writes.filter((write) => kindOf(write) === "other")).toEqual([]);
  });
});
