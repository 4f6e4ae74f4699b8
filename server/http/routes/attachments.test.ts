import { describe, expect, it } from "vitest";

import type { AttachmentState } from "@/server/contract/attachment";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { attachment, attachmentCancel, attachments } from "./attachments";
import { inferenceServiceAttachments } from "./inference-services";

const moveTo = (to: AttachmentState) => ({ to, reason: "Test", message: "" });

async function withOneOpen() {
  const world = await aRouteWorld();
  await ask(world.host, inferenceServiceAttachments, {
    method: "POST",
    params: { namespace: "ml", name: "llama" },
    body: { claimName: "models-nvme-b" },
  });
  return world;
}

describe("attachments", () => {
  it("can be listed and read", async () => {
    const { host } = await withOneOpen();
    const list: unknown = await (await ask(host, attachments)).json();
    const one: unknown = await (await ask(host, attachment, { params: { id: "att-1" } })).json();

    expect(list).toEqual({ items: [one], continue: null });
  });

  it.each(["?state=Done", "?limit=501", "?who=ada"])("cannot be filtered by %s", async (query) => {
    const { host } = await withOneOpen();

    expect((await ask(host, attachments, { query })).status).toBe(422);
  });

  it("can be cancelled once; that is told to the reconciler", async () => {
    const { host, accepted } = await withOneOpen();
    const cancel = () => ask(host, attachmentCancel, { method: "POST", params: { id: "att-1" } });
    const first = await cancel();
    const second = await cancel();

    expect(await first.json()).toMatchObject({
      state: "Cancelled",
      message: "Cancelled by ada. Nothing was written.",
    });
    expect(accepted.at(-1)).toMatchObject({ id: "att-1", state: "Cancelled" });
    expect(second.status).toBe(409);
  });

  it("can be cancelled while blocked, since nothing was written", async () => {
    const { host, context } = await withOneOpen();
    await context.attachments.transition("att-1", "Pending", moveTo("Blocked"));
    const params = { id: "att-1" };

    expect((await ask(host, attachmentCancel, { method: "POST", params })).status).toBe(200);
  });

  it.each(["Applying", "Applied", "Ignored"] as const)(
    "cannot be cancelled any more when %s; the answer says what to do instead",
    async (state) => {
      const { host, context, accepted } = await withOneOpen();
      await context.attachments.transition("att-1", "Pending", moveTo(state));
      const params = { id: "att-1" };
      const response = await ask(host, attachmentCancel, { method: "POST", params });

      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({
        type: "/problems/Conflict",
        detail: expect.stringMatching(/can no longer be cancelled\. Detach/u) as string,
      });
      expect(await context.attachments.get("att-1")).toMatchObject({ state, closedAt: null });
      expect(accepted).toHaveLength(1);
    },
  );

  it("stay written when the reconciler was faster than the one who cancels", async () => {
    const { host, context } = await withOneOpen();
    const { attachments: store } = context;
    let overtaken = false;
    const raced: typeof store = {
      ...store,
      transition: async (id, from, next) => {
        if (!overtaken) {
          overtaken = true;
          await store.transition(id, from, moveTo("Applying"));
        }
        return store.transition(id, from, next);
      },
    };
    const racing = { ...host, open: async () => ({ ...context, attachments: raced }) };
    const params = { id: "att-1" };

    expect((await ask(racing, attachmentCancel, { method: "POST", params })).status).toBe(409);
    expect(await store.get("att-1")).toMatchObject({ state: "Applying" });
  });

  it("are 404 when there is no such one", async () => {
    const { host } = await aRouteWorld();
    const params = { id: "nobody" };

    expect((await ask(host, attachment, { params })).status).toBe(404);
    expect((await ask(host, attachmentCancel, { method: "POST", params })).status).toBe(404);
  });
});
