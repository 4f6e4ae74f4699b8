import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { Attachment } from "@/server/contract/attachment";
import type { Check } from "@/server/contract/preflight";
import { createAttachmentStore } from "@/server/db/attachments";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import type { ServiceFacts } from "@/server/domain/facts";
import type { InferenceService } from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { AppError } from "@/server/errors";
import type {
  AttachmentStore,
  ClaimFieldWriter,
  NewAttachment,
  NewTransition,
} from "@/server/ports";
import { aNewAttachment, anInferenceService } from "@/server/testing/builders";
import { createFakeClock } from "@/server/testing/fake-clock";
import type { AttachmentReconcilerDeps } from "./attachment-deps";
import { createAttachmentReconciler } from "./attachment-reconciler";
import { FakeServiceApi } from "./fake-service-api";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());

let api: FakeServiceApi;
let store: AttachmentStore;
let writer: { -readonly [K in keyof ClaimFieldWriter]: ClaimFieldWriter[K] };
let claims: Set<string>;
let allowed: boolean | null;
let progress: NewTransition;
let changes: Attachment[];
let reconcile: (id: string) => Promise<unknown>;
let clusterId: string;

const KEY = { namespace: "ml", name: "llama" };
const bare = (uid = "uid-1") =>
  anInferenceService({ metadata: { uid }, spec: { modelCache: undefined } });
const rollingOut: NewTransition = { to: "Applied", reason: "RollingOut", message: "rolling out" };
const effective: NewTransition = { to: "Effective", reason: "Mounted", message: "mounted" };

beforeEach(() => {
  api = new FakeServiceApi(bare());
  writer = { read: api.read, apply: api.apply };
  clusterId = crypto.randomUUID();
  store = createAttachmentStore(test.database.prisma, clusterId, createFakeClock());
  claims = new Set(["models-nvme-a"]);
  allowed = true;
  progress = rollingOut;
  changes = [];
  reconcile = createAttachmentReconciler(deps());
});

function deps(over: Partial<AttachmentReconcilerDeps> = {}): AttachmentReconcilerDeps {
  return {
    store,
    writer: { read: () => writer.read(KEY), apply: (change) => writer.apply(change) },
    reviewer: { can: async () => allowed },
    facts: () => (api.service === null ? null : factsOf(api.service)),
    checks: (_facts, { claimName }) =>
      claimName === null || claims.has(claimName) ? [] : [missing(claimName)],
    progress: () => progress,
    onChange: (attachment) => changes.push(attachment),
    ...over,
  };
}

const missing = (name: string): Check => ({
  code: "ClaimExists",
  verdict: "block",
  message: `Claim "${name}" does not exist.`,
  evidence: [],
});

function factsOf(service: InferenceService): ServiceFacts {
  return {
    service,
    model: null,
    draftModel: null,
    deployment: null,
    pods: [],
    claims: new Map(),
    events: [],
    likeModels: [],
    writes: [],
    downloads: new Map(),
    attachment: null,
    policy: { namespace: null, quotas: [], limitRanges: [] },
    surroundings: {
      now: "2026-03-01T12:00:00.000Z",
      invisible: new Set(),
      observedAt: () => null,
      podsOn: () => [],
      volumesOfClass: () => [],
      settings: DEFAULT_OPERATOR_SETTINGS,
      builtinOperator: true,
      nodes: [],
      storageClasses: [],
    },
  };
}

async function request(over: Partial<NewAttachment> = {}): Promise<string> {
  const { id } = await store.create(aNewAttachment({ serviceUid: "uid-1", ...over }));
  return id;
}

const path = async (id: string) => (await store.get(id))?.transitions.map((it) => it.to);
const claimNow = () => api.service?.spec.modelCache?.claimName;

describe("the straight way", () => {
  it("writes, and goes Pending → Applying → Applied → Effective", async () => {
    const id = await request();
    await reconcile(id);
    expect(claimNow()).toBe("models-nvme-a");
    expect(await store.get(id)).toMatchObject({ state: "Applied", reason: "RollingOut" });

    progress = effective;
    await reconcile(id);
    expect(await path(id)).toEqual(["Pending", "Applying", "Applied", "Applied", "Effective"]);
    expect(api.applied).toBe(1);
    expect(changes.map((it) => it.state)).toEqual(["Applying", "Applied", "Applied", "Effective"]);
  });

  it("has stored Applying before the API server is asked to write", async () => {
    const id = await request();
    let seen: string | undefined;
    const { apply } = api;
    writer.apply = async (change) => {
      seen = (await store.get(id))?.state;
      return apply(change);
    };
    await reconcile(id);
    expect(seen).toBe("Applying");
  });

  it("records a changed reason, and neither a repeat nor a moving sentence", async () => {
    const id = await request();
    await reconcile(id);
    progress = { ...rollingOut, message: "42 %" };
    await reconcile(id);
    progress = { to: "Applied", reason: "Downloading", message: "" };
    await reconcile(id);
    await reconcile(id);
    expect((await store.get(id))?.transitions.map((it) => it.reason)).toEqual([
      "Accepted",
      "Writing",
      "Written",
      "RollingOut",
      "Downloading",
    ]);
  });

  it("removes the claim when that is asked", async () => {
    await reconcile(await request());
    const id = await request({ claimName: null });
    await reconcile(id);
    expect(claimNow()).toBeUndefined();
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });

  it("writes nothing when the spec says it already and Mooring owns it", async () => {
    await reconcile(await request());
    const id = await request();
    await reconcile(id);
    expect(api.applied).toBe(1);
    expect((await store.get(id))?.transitions.map((it) => it.reason)).toContain("AlreadyWritten");
  });

  it("stays open as Ignored and goes on when the cause is gone", async () => {
    progress = { to: "Ignored", reason: "PreStaged", message: "the model is pre-staged" };
    const id = await request();
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Ignored", closedAt: null });
    progress = effective;
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Effective" });
    expect(api.applied).toBe(1);
  });
});

describe("what blocks", () => {
  it("writes nothing for a missing claim, says which, and goes on by itself when it appears", async () => {
    const id = await request({ claimName: "later" });
    await reconcile(id);
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({
      state: "Blocked",
      reason: "ClaimExists",
      message: 'Claim "later" does not exist.',
    });
    expect(await path(id)).toEqual(["Pending", "Blocked"]);
    expect(api.applied).toBe(0);

    claims.add("later");
    await reconcile(id);
    expect(claimNow()).toBe("later");
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });

  it("writes although preflight blocks when that was asked by name", async () => {
    const id = await request({ claimName: "later", writeAnyway: true });
    await reconcile(id);
    expect(claimNow()).toBe("later");
  });

  it.each(["Ownership", "Permission", "DryRun"] as const)(
    "leaves %s to the write, whose answer is an end of its own",
    async (code) => {
      const check: Check = { code, verdict: "block", message: "", evidence: [] };
      reconcile = createAttachmentReconciler(deps({ checks: () => [check] }));
      const id = await request();
      await reconcile(id);
      expect(await store.get(id)).toMatchObject({ state: "Applied" });
    },
  );

  it("waits while the watch caches do not hold the service yet", async () => {
    reconcile = createAttachmentReconciler(deps({ facts: () => null }));
    const id = await request();
    expect(await reconcile(id)).toEqual({ requeueAfterMs: 2000 });
    expect(await path(id)).toEqual(["Pending"]);
    expect(api.applied).toBe(0);
  });

  it("is Blocked while the API server refuses the object, without alternating, and goes on when it no longer does", async () => {
    const { apply } = api;
    let writes = 0;
    writer.apply = async (change) => {
      if (!change.dryRun) writes += 1;
      throw new AppError("Invalid", "claimName is forbidden with Ephemeral");
    };
    const id = await request();
    for (let pass = 0; pass < 3; pass += 1) await reconcile(id);
    expect(await path(id)).toEqual(["Pending", "Applying", "Blocked"]);
    expect(writes).toBe(1);
    expect((await store.get(id))?.message).toContain("claimName is forbidden with Ephemeral");

    writer.apply = apply;
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });
});

describe("who may", () => {
  it("ends as Forbidden, unwritten, when the actor may not patch the service any more", async () => {
    allowed = false;
    const id = await request();
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Forbidden", reason: "NotAllowed" });
    expect(api.applied).toBe(0);
  });

  it("asks about this actor and exactly this service", async () => {
    const asked: unknown[] = [];
    const can = async (...question: unknown[]) => asked.push(question) > 0;
    reconcile = createAttachmentReconciler(deps({ reviewer: { can } }));
    await reconcile(await request());
    expect(asked).toEqual([
      [
        { name: "jo", groups: ["dev"] },
        {
          verb: "patch",
          group: "inference.llmkube.dev",
          resource: "inferenceservices",
          namespace: "ml",
          name: "llama",
        },
      ],
    ]);
  });

  it("neither writes nor ends while the permission cannot be told", async () => {
    allowed = null;
    const id = await request();
    await expect(reconcile(id)).rejects.toMatchObject({ reason: "ServiceUnavailable" });
    expect(await path(id)).toEqual(["Pending"]);
    allowed = true;
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });

  it("ends as Forbidden when the API server forbids the write itself", async () => {
    writer.apply = () => Promise.reject(new AppError("Forbidden", "no patch for mooring"));
    const id = await request();
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "Forbidden", reason: "WriteForbidden" });
  });
});

describe("other writers", () => {
  it("ends as Conflict and names the manager that owns the field, leaving its value", async () => {
    api.update("kubectl-edit", "theirs");
    const id = await request();
    await reconcile(id);
    const after = await store.get(id);
    expect(after).toMatchObject({ state: "Conflict", reason: "OwnedByOther" });
    expect(after?.message).toContain("kubectl-edit");
    expect(after?.message).toContain('"theirs"');
    expect(claimNow()).toBe("theirs");
  });

  it("takes the field over when that was asked by name", async () => {
    api.update("kubectl-edit", "theirs");
    const id = await request({ takeOwnership: true });
    await reconcile(id);
    expect(claimNow()).toBe("models-nvme-a");
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });

  it("says who still holds a claim that it cannot remove", async () => {
    api.update("flux", "theirs");
    const id = await request({ claimName: null });
    await reconcile(id);
    const after = await store.get(id);
    expect(after).toMatchObject({ state: "Conflict", reason: "HeldByOther" });
    expect(after?.message).toContain("flux");
  });

  it("never writes again after Applied: a foreign change ends it as Superseded, with who", async () => {
    const id = await request();
    await reconcile(id);
    api.update("kubectl-edit", "theirs");
    await reconcile(id);
    const after = await store.get(id);
    expect(after).toMatchObject({ state: "Superseded", reason: "ChangedByOther" });
    expect(after?.message).toContain("kubectl-edit");
    expect(claimNow()).toBe("theirs");
    expect(api.applied).toBe(1);
  });

  it("does nothing more for a closed one but tell that it is closed", async () => {
    const first = await request();
    const second = await request({ claimName: null });
    await reconcile(first);
    expect(changes).toMatchObject([{ id: first, state: "Superseded" }]);
    expect(api.applied).toBe(0);
    await reconcile(second);
    expect((await store.get(second))?.state).toBe("Applied");
  });

  it("ends with the newest request's claim when one arrives during the write of another", async () => {
    claims.add("second");
    const first = await request();
    let second = "";
    const { apply } = api;
    writer.apply = async (change) => {
      if (second === "") {
        second = await request({ claimName: "second" });
        void reconcile(second);
      }
      return apply(change);
    };
    await reconcile(first);
    await reconcile(second);
    expect(claimNow()).toBe("second");
    expect(await store.get(first)).toMatchObject({ state: "Superseded", reason: "NewerRequest" });
    expect(await store.get(second)).toMatchObject({ state: "Applied" });
  });

  it("does not write a request that was cancelled while it was looked at", async () => {
    const id = await request();
    reconcile = createAttachmentReconciler(
      deps({
        reviewer: {
          can: async () => {
            await store.transition(id, "Pending", {
              to: "Cancelled",
              reason: "ByUser",
              message: "",
            });
            return true;
          },
        },
      }),
    );
    await reconcile(id);
    expect(api.applied).toBe(0);
    expect(await store.get(id)).toMatchObject({ state: "Cancelled" });
  });
});

describe("a service that is gone", () => {
  it.each<[string, InferenceService | null, string]>([
    ["was deleted", null, "ServiceDeleted"],
    ["was made anew under its name", bare("uid-2"), "ServiceReplaced"],
    [
      "is being deleted",
      anInferenceService({
        metadata: { uid: "uid-1", deletionTimestamp: "2026-03-01T12:00:00Z" },
        spec: { modelCache: undefined },
      }),
      "ServiceTerminating",
    ],
  ])("ends as ServiceGone when it %s", async (_case, service, reason) => {
    const id = await request();
    api.service = service;
    await reconcile(id);
    expect(await store.get(id)).toMatchObject({ state: "ServiceGone", reason });
    expect(api.applied).toBe(0);
  });

  it.each([
    new AppError("Conflict", "uid mismatch"),
    new AppError("Invalid", "field is immutable", {
      causes: [{ reason: "FieldValueInvalid", field: "metadata.uid", message: null }],
    }),
  ])(
    "ends as ServiceGone when it was made anew between read and write ($reason)",
    async (error) => {
      const id = await request();
      writer.apply = async () => {
        api.service = bare("uid-2");
        throw error;
      };
      await expect(reconcile(id)).rejects.toBe(error);
      await reconcile(id);
      expect(await store.get(id)).toMatchObject({ state: "ServiceGone" });
      expect(claimNow()).toBeUndefined();
    },
  );

  it("does nothing for an id that was never stored", async () => {
    await expect(reconcile("nope")).resolves.toEqual({});
  });
});

describe("outages and crashes", () => {
  it.each(["ServiceUnavailable", "Timeout", "TooManyRequests", "InternalError"] as const)(
    "throws %s for the queue to retry, and ends right once it is over",
    async (reason) => {
      const id = await request();
      const { apply, read } = api;
      writer.read = () => Promise.reject(new AppError(reason, "down"));
      await expect(reconcile(id)).rejects.toMatchObject({ reason });
      writer.read = read;
      writer.apply = () => Promise.reject(new AppError(reason, "down"));
      await expect(reconcile(id)).rejects.toMatchObject({ reason });
      await expect(reconcile(id)).rejects.toMatchObject({ reason });
      expect(await path(id)).toEqual(["Pending", "Applying"]);
      writer.apply = apply;
      await reconcile(id);
      expect(await store.get(id)).toMatchObject({ state: "Applied" });
      expect(claimNow()).toBe("models-nvme-a");
    },
  );

  it("records a write whose record was lost, without a second write", async () => {
    const id = await request();
    const losing: AttachmentStore = {
      ...store,
      transition: (key, from, next) =>
        next.to === "Applied"
          ? Promise.reject(new Error("killed"))
          : store.transition(key, from, next),
    };
    const run = createAttachmentReconciler(deps({ store: losing }));
    await expect(run(id)).rejects.toThrow("killed");

    await createAttachmentReconciler(deps())(id);
    expect(api.applied).toBe(1);
    expect(await store.get(id)).toMatchObject({ state: "Applied" });
  });

  it("survives being killed at any step, twenty times over: in the right state, written once", async () => {
    for (let round = 0; round < 20; round += 1) {
      api = new FakeServiceApi(bare());
      progress = effective;
      const id = await request();
      let crashes = 0;
      while ((await store.get(id))?.closedAt === null) {
        const run = createAttachmentReconciler(killedAt(round + crashes * 7));
        await run(id).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          crashes += 1;
        });
        expect(crashes).toBeLessThan(50);
      }
      expect(await store.get(id)).toMatchObject({ state: "Effective" });
      expect(claimNow()).toBe("models-nvme-a");
      expect(api.applied).toBe(1);
    }
    // twenty rounds of a real database: seconds where other suites run beside it
  }, 60_000);
});

class Killed extends Error {}

/** The same ports, of a process that ends right before or right after the n-th of their calls. */
function killedAt(nth: number): AttachmentReconcilerDeps {
  let calls = 0;
  let dead = false;
  const dying =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (dead || calls++ === nth % 13) {
        dead = true;
        throw new Killed();
      }
      const result = await call(...args);
      if (calls++ === nth % 13) {
        dead = true;
        throw new Killed();
      }
      return result;
    };
  return deps({
    store: {
      ...store,
      get: dying((id: string) => store.get(id)),
      getStored: dying((id: string) => store.getStored(id)),
      transition: dying((...args: Parameters<AttachmentStore["transition"]>) =>
        store.transition(...args),
      ),
    },
    writer: { read: dying(() => api.read()), apply: dying(api.apply) },
  });
}
