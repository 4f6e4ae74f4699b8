import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { attachmentStates, closedAttachmentStates } from "@/server/contract/attachment";
import type { AttachmentStore, NewAttachment } from "@/server/ports";
import { aNewAttachment } from "@/server/testing/builders";
import { createAttachmentStore } from "./attachments";
import { createTestDatabase, type TestDatabase } from "./test-database";

let test: TestDatabase;
let store: AttachmentStore;
let instant: number;
const clock = { now: () => new Date(instant) };

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(() => {
  instant = Date.parse("2026-03-01T10:00:00Z");
  store = storeOf(crypto.randomUUID());
});

const storeOf = (clusterId: string) =>
  createAttachmentStore(test.database.prisma, clusterId, clock);

const aRequest = (over: Partial<NewAttachment> = {}) =>
  aNewAttachment({ serviceUid: "uid-1", actor: { name: "jo", groups: ["dev", "ops"] }, ...over });

describe("create", () => {
  it("keeps every field of the request, pending, with its first transition", async () => {
    const created = await store.create(
      aRequest({
        persistence: "Cached",
        previousClaimName: "old",
        previousPersistence: "Ephemeral",
        comment: "for the demo",
        writeAnyway: true,
        takeOwnership: true,
      }),
    );

    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/) as string,
      namespace: "ml",
      name: "llama",
      serviceUid: "uid-1",
      claimName: "models-nvme-a",
      previousClaimName: "old",
      persistence: "Cached",
      previousPersistence: "Ephemeral",
      actor: "jo",
      comment: "for the demo",
      writeAnyway: true,
      takeOwnership: true,
      state: "Pending",
      reason: "Accepted",
      message: 'jo asked for claim "models-nvme-a".',
      createdAt: "2026-03-01T10:00:00.000Z",
      updatedAt: "2026-03-01T10:00:00.000Z",
      closedAt: null,
      transitions: [
        {
          at: "2026-03-01T10:00:00.000Z",
          from: null,
          to: "Pending",
          reason: "Accepted",
          message: 'jo asked for claim "models-nvme-a".',
        },
      ],
    });
    expect(await store.getStored(created.id)).toEqual({
      attachment: created,
      persistence: "Cached",
      actor: { name: "jo", groups: ["dev", "ops"] },
    });
  });

  it("survives a restart", async () => {
    const clusterId = crypto.randomUUID();
    const created = await storeOf(clusterId).create(aRequest());
    const reopened = await test.reopen();

    const later = createAttachmentStore(reopened.prisma, clusterId, clock);
    expect(await later.get(created.id)).toEqual(created);
  });

  it("closes the open request of the same service in the same breath, and says for whom", async () => {
    const first = await store.create(aRequest());
    const second = await store.create(
      aRequest({ claimName: null, actor: { name: "kim", groups: [] } }),
    );

    const closed = await store.get(first.id);
    expect(closed).toMatchObject({ state: "Superseded", reason: "NewerRequest" });
    expect(closed?.message).toContain("kim asked to remove the claim");
    expect(closed?.closedAt).not.toBeNull();
    expect(closed?.transitions.at(-1)).toMatchObject({ from: "Pending", to: "Superseded" });
    expect((await store.listOpen()).map((it) => it.attachment.id)).toEqual([second.id]);
  });

  it("leaves exactly one open when twenty arrive at the same moment", async () => {
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => store.create(aRequest({ claimName: `claim-${nth}` }))),
    );

    const open = await store.listOpen();
    expect(open).toHaveLength(1);
    const all = await Promise.all(created.map((it) => store.get(it.id)));
    expect(all.filter((it) => it?.state === "Superseded")).toHaveLength(19);
  });

  it("keeps requests of different services, and of one name with different uids, apart", async () => {
    await store.create(aRequest());
    await store.create(aRequest({ serviceUid: "uid-2" }));
    await store.create(aRequest({ serviceUid: "uid-3", key: { namespace: "ml", name: "qwen" } }));

    expect(await store.listOpen()).toHaveLength(3);
  });

  it("refuses a second open row of one service even when a writer forgets to close the first", async () => {
    const created = await store.create(aRequest());
    const row = await test.database.prisma.attachment.findUniqueOrThrow({
      where: { id: created.id },
    });

    await expect(
      test.database.prisma.attachment.create({ data: { ...row, id: "another" } }),
    ).rejects.toMatchObject({ code: "P2002" });
  });
});

describe("idempotency", () => {
  const request = aRequest({ idempotencyKey: "key-1" });

  it("gives the first request again, as it is now, and supersedes nothing", async () => {
    const first = await store.create(request);
    const applying = await store.transition(first.id, "Pending", to("Applying"));

    expect(await store.create(request)).toEqual(applying);
    expect(await store.listOpen()).toHaveLength(1);
  });

  it("makes one request of ten sent at the same moment", async () => {
    const created = await Promise.all(Array.from({ length: 10 }, () => store.create(request)));
    expect(new Set(created.map((it) => it.id)).size).toBe(1);
  });

  it("refuses the key for a different request, naming the header", async () => {
    await store.create(request);
    await expect(store.create({ ...request, claimName: "other" })).rejects.toMatchObject({
      reason: "Invalid",
      errors: [{ pointer: "#/header/Idempotency-Key" }],
    });
  });

  it("does not mix the keys of two actors", async () => {
    const first = await store.create(request);
    const second = await store.create({ ...request, actor: { name: "kim", groups: [] } });
    expect(second.id).not.toBe(first.id);
  });
});

const to = (state: (typeof attachmentStates)[number]) => ({
  to: state,
  reason: `Because${state}`,
  message: `now ${state}`,
});

describe("transition", () => {
  it("records where from, where to, when and why, in order", async () => {
    const { id } = await store.create(aRequest());
    instant += 1000;
    await store.transition(id, "Pending", to("Applying"));
    instant += 1000;
    const applied = await store.transition(id, "Applying", to("Applied"));

    expect(applied).toMatchObject({
      state: "Applied",
      reason: "BecauseApplied",
      message: "now Applied",
      updatedAt: "2026-03-01T10:00:02.000Z",
      closedAt: null,
    });
    expect(applied.transitions.map((it) => [it.from, it.to])).toEqual([
      [null, "Pending"],
      ["Pending", "Applying"],
      ["Applying", "Applied"],
    ]);
  });

  it("refuses when the state is no longer the one the caller saw, and changes nothing", async () => {
    const { id } = await store.create(aRequest());
    const applying = await store.transition(id, "Pending", to("Applying"));

    await expect(store.transition(id, "Pending", to("Cancelled"))).rejects.toMatchObject({
      reason: "Conflict",
      message: expect.stringContaining("is Applying, no longer Pending") as string,
    });
    expect(await store.get(id)).toEqual(applying);
  });

  it("lets one of two win that want to leave the same state", async () => {
    const { id } = await store.create(aRequest());
    const outcomes = await Promise.allSettled([
      store.transition(id, "Pending", to("Applying")),
      store.transition(id, "Pending", to("Cancelled")),
    ]);
    expect(outcomes.map((it) => it.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await store.get(id))?.transitions).toHaveLength(2);
  });

  it.each(attachmentStates)("closes on %s exactly when that is an end", async (state) => {
    const { id } = await store.create(aRequest());
    const after = await store.transition(id, "Pending", to(state));

    const isEnd = (closedAttachmentStates as readonly string[]).includes(state);
    expect(after.closedAt !== null).toBe(isEnd);
    expect(await store.listOpen()).toHaveLength(isEnd ? 0 : 1);
    if (isEnd) {
      await expect(store.transition(id, state, to("Pending"))).rejects.toMatchObject({
        reason: "Conflict",
      });
    }
  });

  it("says NotFound for an attachment that never was", async () => {
    await expect(store.transition("nope", "Pending", to("Applying"))).rejects.toMatchObject({
      reason: "NotFound",
    });
  });
});

describe("list", () => {
  const service = (nth: number) => ({
    serviceUid: `uid-${nth}`,
    key: { namespace: nth % 2 === 0 ? "even" : "odd", name: `service-${nth}` },
    claimName: nth < 3 ? "low" : "high",
  });

  it("pages newest first without gap or repeat while new ones arrive", async () => {
    const ids: string[] = [];
    for (let nth = 0; nth < 5; nth += 1) ids.push((await store.create(aRequest(service(nth)))).id);

    const first = await store.list({ limit: 2 });
    await store.create(aRequest(service(9)));
    const second = await store.list({ limit: 2, continue: first.continue! });
    const third = await store.list({ limit: 2, continue: second.continue! });

    const seen = [...first.items, ...second.items, ...third.items].map((it) => it.id);
    expect(seen).toEqual(ids.toReversed());
    expect(third.continue).toBeNull();
  });

  it("filters by namespace, name, state and claim", async () => {
    for (let nth = 0; nth < 5; nth += 1) await store.create(aRequest(service(nth)));
    const names = async (filter: Partial<Parameters<AttachmentStore["list"]>[0]>) =>
      (await store.list({ limit: 10, ...filter })).items.map((it) => it.name);

    expect(await names({ namespace: "even" })).toEqual(["service-4", "service-2", "service-0"]);
    expect(await names({ namespace: "odd", name: "service-1" })).toEqual(["service-1"]);
    expect(await names({ claim: "low" })).toEqual(["service-2", "service-1", "service-0"]);
    expect(await names({ state: "Applied" })).toEqual([]);
    expect(await names({ state: "Pending", claim: "high" })).toEqual(["service-4", "service-3"]);
  });

  it.each(["", "rubbish", Buffer.from("{}").toString("base64url")])(
    "refuses %j as a continue token, naming the parameter",
    async (token) => {
      await expect(store.list({ limit: 1, continue: token })).rejects.toMatchObject({
        reason: "Invalid",
        errors: [{ pointer: "#/query/continue" }],
      });
    },
  );
});

describe("listCurrent", () => {
  it("gives the open one of each service, else its last", async () => {
    const closed = await store.create(aRequest());
    await store.transition(closed.id, "Pending", to("Cancelled"));
    const older = await store.create(
      aRequest({ serviceUid: "u2", key: { namespace: "ml", name: "qwen" } }),
    );
    const newer = await store.create(
      aRequest({ serviceUid: "u3", key: { namespace: "ml", name: "qwen" } }),
    );
    await store.transition(newer.id, "Pending", to("ServiceGone"));

    const current = new Map((await store.listCurrent()).map((it) => [it.name, it.id]));
    expect(current).toEqual(
      new Map([
        ["llama", closed.id],
        ["qwen", older.id],
      ]),
    );
  });
});

describe("two clusters in one database", () => {
  it("never see each other's rows, even with equal uids and keys", async () => {
    const other = storeOf(crypto.randomUUID());
    const mine = await store.create(aRequest({ idempotencyKey: "k" }));
    const theirs = await other.create(aRequest({ idempotencyKey: "k" }));

    expect(theirs.id).not.toBe(mine.id);
    expect(await other.get(mine.id)).toBeNull();
    expect(await other.getStored(mine.id)).toBeNull();
    expect((await other.list({ limit: 10 })).items).toHaveLength(1);
    expect(await other.listOpen()).toHaveLength(1);
    expect(await store.listCurrent()).toHaveLength(1);
    await expect(other.transition(mine.id, "Pending", to("Cancelled"))).rejects.toMatchObject({
      reason: "NotFound",
    });
  });
});
