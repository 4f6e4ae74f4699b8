import { describe, expect, it } from "vitest";

import { syncMessageSchema } from "@/server/contract/stream";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { stream } from "./stream";

type World = Awaited<ReturnType<typeof aRouteWorld>>;

/** Reads messages until `count` are there; heartbeats do not count. */
async function messagesOf(response: Response, count: number): Promise<string[]> {
  const reader = response.body!.getReader();
  const messages: string[] = [];
  while (messages.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    const text = new TextDecoder().decode(value);
    if (!text.startsWith(":")) messages.push(text);
  }
  await reader.cancel();
  return messages;
}

const dataOf = (message: string | undefined): unknown =>
  JSON.parse(/^data: (.*)$/m.exec(message ?? "")?.[1] ?? "null");

function open({ host }: World, query: string, headers: Record<string, string> = {}) {
  return ask(host, stream, { query, headers });
}

describe("GET stream", () => {
  it("opens with the whole lists of the topics that were asked for", async () => {
    const world = await aRouteWorld();
    const messages = await messagesOf(
      await open(world, "?topics=inferenceservices,persistentvolumeclaims"),
      2,
    );
    const [services, claims] = messages.map((message) => syncMessageSchema.parse(dataOf(message)));

    expect(services).toMatchObject({
      topic: "inferenceservices",
      last: true,
      items: [{ name: "llama" }],
    });
    expect(claims).toMatchObject({
      topic: "persistentvolumeclaims",
      items: [{ name: "models-nvme-a" }],
    });
    expect(messages.at(-1)).toMatch(/^id: test-/);
  });

  it("keeps to the namespaces that were asked for", async () => {
    const world = await aRouteWorld();
    const messages = await messagesOf(
      await open(world, "?topics=inferenceservices&namespace=prod"),
      1,
    );

    expect(dataOf(messages[0])).toMatchObject({ items: [], last: true });
  });

  it.each([
    ["the header", "?topics=inferenceservices", true],
    ["the parameter", "?topics=inferenceservices&lastEventId=", false],
  ])("goes on from a version given by %s without a new list", async (_how, query, byHeader) => {
    const world = await aRouteWorld();
    const [sync] = await messagesOf(await open(world, "?topics=inferenceservices"), 1);
    const version = /^id: (\S+)/m.exec(sync ?? "")?.[1] ?? "";
    const response = byHeader
      ? await open(world, query, { "last-event-id": version })
      : await open(world, query + version);
    const [first] = await messagesOf(response, 1);

    expect(first).toContain("event: change");
    expect(dataOf(first)).toMatchObject({ upserts: [], removals: [] });
  });

  it("shows only the cluster until it was read, then the lists", async () => {
    const { host, context } = await aRouteWorld();
    let becomeReady = (): void => undefined;
    const whenReady = new Promise<void>((resolve) => (becomeReady = resolve));
    const early = {
      ...context,
      rows: { ...context.rows, ready: false, whenReady: () => whenReady },
    };
    const response = await ask({ ...host, open: async () => early }, stream, {
      query: "?topics=inferenceservices,cluster",
    });
    const reading = messagesOf(response, 2);
    becomeReady();
    const topics = (await reading).map((message) => (dataOf(message) as { topic: string }).topic);

    expect(topics).toEqual(["cluster", "inferenceservices"]);
  });

  it("lets go of the hub when the client leaves", async () => {
    const world = await aRouteWorld();
    await messagesOf(await open(world, "?topics=cluster"), 1);

    expect(world.context.hub.subscribers()).toBe(0);
  });

  it("does not know other topics", async () => {
    const world = await aRouteWorld();

    expect((await open(world, "?topics=pods")).status).toBe(422);
  });
});
