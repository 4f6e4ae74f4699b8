import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import { createWorkload, type Workload } from "@/e2e/workload";
import type { Attachment } from "@/server/contract/attachment";
import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { createAttachmentStore } from "@/server/db/attachments";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import { planProgress } from "@/server/domain/attachment-plan";
import type { Plural } from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { preflightChecks } from "@/server/domain/preflight/build-checks";
import { createAccessReviewer } from "@/server/kube/access-reviewer";
import { createClaimFieldWriter } from "@/server/kube/claim-field-writer";
import { createKubeHttp, type KubeHttp } from "@/server/kube/http-client";
import { loadClusterAccess } from "@/server/kube/kube-config";
import { isKept, project, type RawObject } from "@/server/kube/project";
import { type AttachmentStore, type NewAttachment, systemClock } from "@/server/ports";
import { aNewAttachment } from "@/server/testing/builders";
import { createAttachmentController } from "./attachment-controller";
import type { AttachmentReconcilerDeps } from "./attachment-deps";
import { createAttachmentReconciler } from "./attachment-reconciler";

const GROUP = "/apis/inference.llmkube.dev/v1alpha1";
const LOCAL = "local";

let api: KubeApi;
let http: KubeHttp;
let unreachable: KubeHttp;
let test: TestDatabase;
let namespace: string;
let workload: Workload;
let store: AttachmentStore;
let clusterId: string;
let nth = 0;

beforeAll(async () => {
  api = new KubeApi(inject("kubeconfig"));
  const choice = { inCluster: false, kubeconfig: inject("kubeconfig"), context: null };
  http = createKubeHttp({ config: loadClusterAccess(choice).config, userAgent: "mooring-tests" });
  const elsewhere = loadClusterAccess(choice).config;
  // nobody listens on port 1
  elsewhere.clusters = elsewhere.clusters.map((it) => ({ ...it, server: "http://127.0.0.1:1" }));
  unreachable = createKubeHttp({ config: elsewhere, userAgent: "mooring-tests" });
  test = await createTestDatabase();
});
afterAll(async () => {
  await test.dispose();
  await Promise.all([api.close(), http.close(), unreachable.close()]);
});
beforeEach(async () => {
  namespace = await api.createNamespace("attach");
  workload = createWorkload(api, namespace);
  clusterId = crypto.randomUUID();
  store = createAttachmentStore(test.database.prisma, clusterId, systemClock);
});

/** Everything of this namespace as the watch caches would hold it now. */
async function observe(): Promise<ObjectIndex> {
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  const within = (group: string, plural: Plural) =>
    [plural, `${group}/namespaces/${namespace}/${plural}`] as const;
  const kinds = [
    within(GROUP, "inferenceservices"),
    within(GROUP, "models"),
    within("/api/v1", "persistentvolumeclaims"),
    within("/api/v1", "pods"),
    within("/apis/apps/v1", "deployments"),
    ["persistentvolumes", "/api/v1/persistentvolumes"] as const,
    ["nodes", "/api/v1/nodes"] as const,
  ];
  for (const [plural, path] of kinds) {
    const raw = (await api.list(path)) as unknown as readonly RawObject[];
    const kept = raw.filter((object) => isKept(plural, object));
    index.upsert(
      plural,
      kept.map((object) => project(plural, object)),
      new Date().toISOString(),
    );
  }
  return index;
}

const unused = () => null;
function deps(over: Partial<AttachmentReconcilerDeps> = {}): AttachmentReconcilerDeps {
  return {
    store,
    writer: createClaimFieldWriter(http),
    reviewer: createAccessReviewer({ http, localUser: LOCAL, clock: systemClock }),
    facts: unused,
    checks: preflightChecks,
    progress: planProgress,
    onChange: () => undefined,
    ...over,
  };
}

/** One pass, with watch caches that have caught up. */
async function reconcile(
  id: string,
  over: Partial<AttachmentReconcilerDeps> = {},
): Promise<Attachment> {
  const index = await observe();
  const facts: AttachmentReconcilerDeps["facts"] = (key, alsoClaims) =>
    gatherServiceFacts(index, `${key.namespace}/${key.name}`, {
      now: new Date().toISOString(),
      settings: DEFAULT_OPERATOR_SETTINGS,
      builtinOperator: false,
      alsoClaims,
    });
  await createAttachmentReconciler(deps({ facts, ...over }))(id);
  return (await store.get(id))!;
}

async function aBoundClaim(name: string): Promise<void> {
  await workload.createClaim(name);
  const phase = async () => {
    const claim = (await workload.claims()).find(({ metadata }) => metadata.name === name);
    return (claim?.["status"] as { phase?: string } | undefined)?.phase;
  };
  await expect.poll(phase, { message: `claim ${name} to be bound`, timeout: 10_000 }).toBe("Bound");
}

async function aService(options?: Parameters<Workload["createService"]>[1]): Promise<string> {
  const name = `svc-${(nth += 1)}`;
  await workload.createService(name, options);
  const status = { phase: "Ready", cacheKey: "0123456789abcdef", size: "1.9 GiB" };
  await api.patchStatus(`${GROUP}/namespaces/${namespace}/models/${name}`, status);
  return name;
}

async function request(name: string, over: Partial<NewAttachment> = {}): Promise<string> {
  const service = await workload.service(name);
  const { id } = await store.create(
    aNewAttachment({
      key: { namespace, name },
      serviceUid: service?.metadata.uid ?? "",
      claimName: "models-a",
      actor: { name: LOCAL, groups: [] },
      ...over,
    }),
  );
  return id;
}

const claimOf = (service: KubeObject | undefined) =>
  (service?.["spec"] as { modelCache?: { claimName?: string } } | undefined)?.modelCache?.claimName;
const claimNow = async (name: string) => claimOf(await workload.service(name));

type ManagedField = { manager: string; operation: string; fieldsV1: Record<string, unknown> };
const ownersOf = (service: KubeObject | undefined) =>
  ((service?.metadata["managedFields"] ?? []) as ManagedField[])
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('"f:claimName"'))
    .map(({ manager, operation }) => `${manager} ${operation}`);

/** As an operator would roll it out. */
async function rollOut(name: string, claimName: string): Promise<void> {
  const labels = { app: name, "inference.llmkube.dev/service": name };
  await api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          volumes: [{ name: "model-cache", persistentVolumeClaim: { claimName } }],
          containers: [
            {
              name: "llama-server",
              image: "ghcr.io/ggml-org/llama.cpp:server",
              volumeMounts: [{ name: "model-cache", mountPath: "/models", readOnly: true }],
            },
          ],
        },
      },
    },
  });
}

describe("attachment, against an API server", () => {
  it("goes from Pending to Effective: written under the manager mooring, mounted by the ready pod", async () => {
    await aBoundClaim("models-a");
    const name = await aService();
    const id = await request(name);

    expect(await reconcile(id)).toMatchObject({ state: "Applied", reason: "RollingOut" });
    const service = await workload.service(name);
    expect(claimOf(service)).toBe("models-a");
    expect(ownersOf(service)).toEqual(["mooring Apply"]);

    await rollOut(name, "models-a");
    await expect
      .poll(async () => (await reconcile(id)).state, {
        message: "the pod to be ready with the claim mounted",
        timeout: 20_000,
        interval: 300,
      })
      .toBe("Effective");
  });

  it("sets persistence to Cached beside the claim only when asked to, and a request for what was there before restores it", async () => {
    await aBoundClaim("models-a");
    const name = await aService({ persistence: "Ephemeral" });
    const cacheNow = async () => (await workload.service(name))?.["spec"].modelCache as unknown;

    const unasked = await reconcile(await request(name));
    expect(unasked).toMatchObject({ state: "Blocked", reason: "ClaimWillBeUsed" });
    expect(await cacheNow()).toEqual({ persistence: "Ephemeral" });

    const refused = await reconcile(await request(name, { persistence: "Cached" }));
    expect(refused).toMatchObject({ state: "Conflict", reason: "OwnedByOther" });

    const asked = { persistence: "Cached", takeOwnership: true } as const;
    expect(await reconcile(await request(name, asked))).toMatchObject({ state: "Applied" });
    expect(await cacheNow()).toEqual({ claimName: "models-a", persistence: "Cached" });

    const back = { claimName: null, persistence: "Ephemeral" } as const;
    const reverted = await reconcile(await request(name, back));
    expect(["Applied", "Effective"]).toContain(reverted.state);
    expect(await cacheNow()).toEqual({ persistence: "Ephemeral" });
  });

  it("is Blocked by a missing claim with nothing written, and goes on once somebody makes it", async () => {
    const name = await aService();
    const id = await request(name);
    const blocked = await reconcile(id);
    expect(blocked).toMatchObject({ state: "Blocked", reason: "ClaimExists" });
    expect(blocked.message).toContain("models-a");
    expect(await claimNow(name)).toBeUndefined();

    await aBoundClaim("models-a");
    expect(await reconcile(id)).toMatchObject({ state: "Applied" });
    expect(await claimNow(name)).toBe("models-a");
  });

  it("writes the name of a missing claim when that is asked by name, and says what it waits for", async () => {
    const name = await aService();
    const id = await request(name, { writeAnyway: true });
    expect(await reconcile(id)).toMatchObject({ state: "Applied", reason: "ClaimNotFound" });
    expect(await claimNow(name)).toBe("models-a");
    expect(await workload.claims()).toEqual([]);
  });
});

describe("other writers", () => {
  beforeEach(() => aBoundClaim("models-a"));

  it("ends as Conflict naming the manager of the field, which keeps its value", async () => {
    const name = await aService();
    await workload.setClaimName(name, "theirs", "kubectl-edit");
    const id = await request(name);
    const after = await reconcile(id);
    expect(after).toMatchObject({ state: "Conflict", reason: "OwnedByOther" });
    expect(after.message).toContain("kubectl-edit");
    expect(await claimNow(name)).toBe("theirs");
  });

  it("takes ownership when that is asked by name", async () => {
    const name = await aService();
    await workload.setClaimName(name, "theirs", "kubectl-edit");
    const id = await request(name, { takeOwnership: true });
    expect(await reconcile(id)).toMatchObject({ state: "Applied" });
    const service = await workload.service(name);
    expect(claimOf(service)).toBe("models-a");
    expect(ownersOf(service)).toEqual(["mooring Apply"]);
  });

  it("does not fight a change after Applied: Superseded, with who", async () => {
    const name = await aService();
    const id = await request(name);
    await reconcile(id);
    await workload.setClaimName(name, "theirs", "kubectl-edit");
    const after = await reconcile(id);
    expect(after).toMatchObject({ state: "Superseded", reason: "ChangedByOther" });
    expect(after.message).toContain("kubectl-edit");
    expect(await claimNow(name)).toBe("theirs");
  });

  it("removes the claim that it wrote", async () => {
    const name = await aService();
    await reconcile(await request(name));
    const removed = await reconcile(await request(name, { claimName: null }));
    expect(removed.transitions.map((it) => it.to)).toContain("Applied");
    expect(await claimNow(name)).toBeUndefined();
  });

  it("says who still holds a claim that it cannot remove", async () => {
    const name = await aService({ claimName: "models-a", manager: "flux" });
    const after = await reconcile(await request(name, { claimName: null }));
    expect(after).toMatchObject({ state: "Conflict", reason: "HeldByOther" });
    expect(after.message).toContain("flux");
    expect(await claimNow(name)).toBe("models-a");
  });

  it("ends as Forbidden, unwritten, for an actor without the permission to patch", async () => {
    const name = await aService();
    const after = await reconcile(await request(name, { actor: { name: "nobody", groups: [] } }));
    expect(after).toMatchObject({ state: "Forbidden", reason: "NotAllowed" });
    expect(await claimNow(name)).toBeUndefined();
  });
});

describe("a service that goes", () => {
  beforeEach(() => aBoundClaim("models-a"));
  const path = (name: string) => `${GROUP}/namespaces/${namespace}/inferenceservices/${name}`;
  const gone = (name: string) =>
    expect
      .poll(() => workload.service(name), { message: "the service to be gone" })
      .toBeUndefined();

  it("ends the request as ServiceGone when it is deleted while pending", async () => {
    const name = await aService();
    const id = await request(name);
    await api.delete(path(name));
    await gone(name);
    expect(await reconcile(id)).toMatchObject({ state: "ServiceGone", reason: "ServiceDeleted" });
  });

  it("ends the request as ServiceGone when it is made anew, and leaves the new one alone", async () => {
    const name = await aService();
    const id = await request(name);
    await api.delete(path(name));
    await api.delete(`${GROUP}/namespaces/${namespace}/models/${name}`);
    await gone(name);
    await workload.createService(name);
    expect(await reconcile(id)).toMatchObject({ state: "ServiceGone", reason: "ServiceReplaced" });
    expect(await claimNow(name)).toBeUndefined();
  });

  it("never writes to the new one when it is made anew between read and write", async () => {
    const name = await aService();
    const id = await request(name);
    const writer = createClaimFieldWriter(http);
    const racing: AttachmentReconcilerDeps["writer"] = {
      read: (key) => writer.read(key),
      apply: async (change) => {
        await api.delete(path(name));
        await api.delete(`${GROUP}/namespaces/${namespace}/models/${name}`);
        await gone(name);
        await workload.createService(name);
        return writer.apply(change);
      },
    };
    await expect(reconcile(id, { writer: racing })).rejects.toMatchObject({ name: "AppError" });
    expect(await reconcile(id)).toMatchObject({ state: "ServiceGone" });
    expect(await claimNow(name)).toBeUndefined();
  });
});

describe("outages and crashes", () => {
  beforeEach(() => aBoundClaim("models-a"));

  it("retries for ever while the API server is away, and ends right by itself", async () => {
    const name = await aService();
    const id = await request(name);
    const [there, away] = [createClaimFieldWriter(http), createClaimFieldWriter(unreachable)];
    let current = away;
    const errors: unknown[] = [];
    const controller = createAttachmentController({
      store,
      subscribe: () => () => undefined,
      backoff: { baseMs: 10, maxMs: 100 },
      onError: (error) => errors.push(error),
      reconcile: async (key) => {
        const writer: AttachmentReconcilerDeps["writer"] = {
          read: (service) => current.read(service),
          apply: (change) => current.apply(change),
        };
        await reconcile(key, { writer });
        return {};
      },
    });
    controller.start();
    await expect.poll(() => errors.length, { message: "some failed tries" }).toBeGreaterThan(3);
    expect(await store.get(id)).toMatchObject({ state: "Pending" });

    current = there;
    await expect
      .poll(async () => (await store.get(id))?.state, { message: "the write", timeout: 10_000 })
      .toBe("Applied");
    await controller.stop();
    expect(await claimNow(name)).toBe("models-a");
    expect(errors).toEqual(
      errors.map(() => expect.objectContaining({ name: "AppError" }) as unknown),
    );
  });

  it(
    "ends right after being killed at random moments, twenty times: nothing lost, nothing written twice",
    { timeout: 120_000 },
    async () => {
      await aBoundClaim("models-b");
      const name = await aService();
      const generation = async () =>
        Number((await workload.service(name))?.metadata["generation"] ?? 0);
      for (let round = 0; round < 20; round += 1) {
        const before = await generation();
        const claimName = round % 2 === 0 ? "models-a" : "models-b";
        const id = await request(name, { claimName });
        await runUntilApplied(id);
        expect(await store.get(id)).toMatchObject({ state: "Applied", claimName });
        expect(await claimNow(name)).toBe(claimName);
        expect(await generation()).toBe(before + 1);
      }
      expect(await store.listOpen()).toHaveLength(1);
    },
  );
});

class Killed extends Error {}

/** Processes that each die at a random one of their calls, before or after it; the next one has the same database file. */
async function runUntilApplied(id: string): Promise<void> {
  for (let life = 0; life < 30; life += 1) {
    const database = await test.reopen();
    store = createAttachmentStore(database.prisma, clusterId, systemClock);
    const dying = life % 4 !== 3; // one in four lives long enough
    await reconcile(id, dying ? mortal(Math.floor(Math.random() * 12)) : {}).catch(
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      },
    );
    if ((await store.get(id))?.state === "Applied") return;
  }
  throw new Error(`attachment ${id} is still ${(await store.get(id))?.state ?? "missing"}`);
}

function mortal(last: number): Pick<AttachmentReconcilerDeps, "store" | "writer"> {
  let calls = 0;
  const step = (): void => {
    if (calls++ >= last) throw new Killed();
  };
  const dying =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      step();
      const result = await call(...args);
      step();
      return result;
    };
  const [living, writer] = [store, createClaimFieldWriter(http)];
  return {
    store: {
      ...living,
      get: dying((id: string) => living.get(id)),
      getStored: dying((id: string) => living.getStored(id)),
      transition: dying((...args: Parameters<AttachmentStore["transition"]>) =>
        living.transition(...args),
      ),
    },
    writer: {
      read: dying((key: Parameters<typeof writer.read>[0]) => writer.read(key)),
      apply: dying((change: Parameters<typeof writer.apply>[0]) => writer.apply(change)),
    },
  };
}
