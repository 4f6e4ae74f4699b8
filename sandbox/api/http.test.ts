import { Agent, request } from "undici";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { decodeProtobuf } from "./protobuf";
import { startSandboxApi, type RunningApi } from "./start-sandbox-api";

let running: RunningApi;
let agent: Agent;

beforeAll(async () => {
  running = await startSandboxApi({ port: 0, log: (line) => expect.fail(line) });
  agent = new Agent({ connect: { ca: running.certificate } });
});
afterAll(async () => {
  await agent.destroy();
  await running.close();
});
beforeEach(() => admin("/faults", { reset: true }));

async function get(path: string, token = running.token) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await request(`${running.url}${path}`, { dispatcher: agent, headers });
  const body = (await response.body.json()) as Record<string, unknown>;
  return { status: response.statusCode, headers: response.headers, body };
}

async function admin(path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${running.adminUrl}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

it("presents a certificate that its own authority accepts", async () => {
  expect((await get("/version")).status).toBe(200);
});

it("fails as often as asked, with the delay a client is told", async () => {
  await admin("/faults", {
    failNext: { status: 429, count: 1, verb: "list", resource: "pods", retryAfter: 3 },
  });
  expect((await get("/api/v1/nodes")).status).toBe(200);
  const failed = await get("/api/v1/pods");
  expect(failed.status).toBe(429);
  expect(failed.headers["retry-after"]).toBe("3");
  expect((await get("/api/v1/pods")).status).toBe(200);
});

it("an expired token is Unauthorized until the faults are reset", async () => {
  const { token } = await admin("/tokens", { user: "eve", groups: ["system:masters"] });
  expect((await get("/api/v1/pods", String(token))).status).toBe(200);
  await admin("/faults", { expireToken: token });
  expect((await get("/api/v1/pods", String(token))).status).toBe(401);
  await admin("/faults", { reset: true });
  expect((await get("/api/v1/pods", String(token))).status).toBe(200);
});

it("drops every watch on demand", async () => {
  const response = await request(`${running.url}/api/v1/pods?watch=true&resourceVersion=1`, {
    dispatcher: agent,
    headers: { authorization: `Bearer ${running.token}` },
  });
  const ended = response.body.text().then(
    () => "ended",
    () => "broken",
  );
  await admin("/faults", { dropWatches: true });
  expect(await ended).toBe("broken");
});

it("counts requests by verb and resource", async () => {
  await fetch(`${running.adminUrl}/requests`, { method: "DELETE" });
  await get("/api/v1/namespaces/default/pods");
  await get("/api/v1/namespaces/default");
  const response = await fetch(`${running.adminUrl}/requests`);
  expect(await response.json()).toMatchObject({
    counts: { "list pods": 1, "get namespaces": 1 },
  });
});

it("reads what kubectl's typed commands send in protobuf", () => {
  const text = (field: number, value: string) =>
    Buffer.concat([Buffer.from([field * 8 + 2, value.length]), Buffer.from(value)]);
  const message = (field: number, body: Buffer) =>
    Buffer.concat([Buffer.from([field * 8 + 2, body.length]), body]);
  const type = Buffer.concat([text(1, "v1"), text(2, "Namespace")]);
  const label = Buffer.concat([text(1, "team"), text(2, "ml")]);
  const metadata = Buffer.concat([text(1, "prod"), message(11, label)]);
  const body = Buffer.concat([
    Buffer.from("k8s\0"),
    message(1, type),
    message(2, message(1, metadata)),
  ]);
  expect(decodeProtobuf(body)).toEqual({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "prod", labels: { team: "ml" } },
  });
  expect(decodeProtobuf(Buffer.from("{}"))).toBeUndefined();
});
