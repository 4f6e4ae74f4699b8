import { describe, expect, it } from "vitest";

import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { attachment, attachmentCancel, attachments } from "./attachments";
import { inferenceServiceAttachments } from "./inference-services";

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

  it("are 404 when there is no such one", async () => {
    const { host } = await aRouteWorld();
    const params = { id: "nobody" };

    expect((await ask(host, attachment, { params })).status).toBe(404);
    expect((await ask(host, attachmentCancel, { method: "POST", params })).status).toBe(404);
  });
});
