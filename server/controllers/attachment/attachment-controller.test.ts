import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { createAttachmentStore } from "@/server/db/attachments";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import type { AttachmentStore } from "@/server/ports";
import { DONE } from "@/server/runtime/result";
import { aNewAttachment } from "@/server/testing/builders";
import { createFakeClock } from "@/server/testing/fake-clock";
import {
  createAttachmentController,
  type AttachmentController,
  type Changed,
} from "./attachment-controller";

let test: TestDatabase;
let store: AttachmentStore;
let reconciled: string[];
let tell: (changed: Changed) => void;
let controller: AttachmentController;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.dispose());
beforeEach(() => {
  store = createAttachmentStore(test.database.prisma, crypto.randomUUID(), createFakeClock());
  reconciled = [];
  controller = createAttachmentController({
    store,
    reconcile: async (id) => {
      reconciled.push(id);
      return DONE;
    },
    subscribe: (listener) => {
      tell = listener;
      return () => undefined;
    },
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(() => controller.stop());

const request = (name: string, claimName: string | null = "models-nvme-a") =>
  store.create(
    aNewAttachment({ key: { namespace: "ml", name }, serviceUid: `uid-of-${name}`, claimName }),
  );
const changed = (services: string[], claims: string[] = []): Changed => ({
  services: new Set(services),
  claims: new Set(claims),
});
async function settled(): Promise<string[]> {
  await controller.idle();
  return reconciled.splice(0).toSorted();
}

describe("attachment controller", () => {
  it("reconciles everything open at start, and nothing closed", async () => {
    const first = await request("llama");
    const second = await request("qwen");
    const ended = await request("phi");
    await store.transition(ended.id, "Pending", { to: "Cancelled", reason: "", message: "" });
    controller.start();
    expect(await settled()).toEqual([first.id, second.id]);
  });

  it("reconciles the attachments of a changed service or of a claim asked for, and no other", async () => {
    const llama = await request("llama", "later");
    const qwen = await request("qwen", null);
    controller.start();
    await settled();

    tell(changed(["ml/llama"]));
    expect(await settled()).toEqual([llama.id]);
    tell(changed([], ["ml/later"]));
    expect(await settled()).toEqual([llama.id]);
    tell(changed(["ml/llama", "ml/qwen"], ["ml/later"]));
    expect(await settled()).toEqual([llama.id, qwen.id]);
    tell(changed(["ml/other", "default/llama"], ["default/later"]));
    expect(await settled()).toEqual([]);
  });

  it("reconciles one that is accepted, and the one it took the place of", async () => {
    controller.start();
    await settled();
    const first = await request("llama");
    controller.accept(first);
    await settled();
    const second = await request("llama", null);
    controller.accept(second);
    expect(await settled()).toEqual([first.id, second.id]);
  });

  it("forgets what is closed", async () => {
    const { id } = await request("llama");
    controller.start();
    await settled();
    await store.transition(id, "Pending", { to: "Cancelled", reason: "", message: "" });
    tell(changed(["ml/llama"]));
    await settled();
    tell(changed(["ml/llama"], ["ml/models-nvme-a"]));
    expect(await settled()).toEqual([]);
  });

  it("finds what was stored while the database could not be read at start", async () => {
    const { id } = await request("llama");
    const listOpen = vi
      .spyOn(store, "listOpen")
      .mockRejectedValueOnce(new Error("database is locked"));
    const errors: unknown[] = [];
    const late = createAttachmentController({
      store,
      reconcile: async (key) => {
        reconciled.push(key);
        return DONE;
      },
      subscribe: () => () => undefined,
      onError: (error) => errors.push(error),
      backoff: { baseMs: 5, maxMs: 5 },
    });
    late.start();
    await vi.waitFor(() => expect(reconciled).toEqual([id]));
    expect(errors).toHaveLength(1);
    expect(listOpen).toHaveBeenCalledTimes(2);
    await late.stop();
  });
});
