import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";

import { createFakeClock } from "@/server/testing/fake-clock";
import { signWebhook } from "./sign-webhook";
import { createWebhookSender } from "./webhook-sender";

const SECRET = "0123456789abcdef";
const clock = createFakeClock();

type Got = {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly url: string;
};
let server: Server;
let got: Got[];
let respond: (response: ServerResponse) => void;
let sender: ReturnType<typeof createWebhookSender>;

beforeEach(async () => {
  got = [];
  respond = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      got.push({ headers: request.headers, body, url: request.url ?? "" });
      respond(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const url = `http://127.0.0.1:${port}/hook?token=s3cret`;
  sender = createWebhookSender({ url, secret: SECRET, clock, userAgent: "mooring/test" });
});
afterEach(async () => {
  await sender.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const message = { id: "01J0", payload: '{"type":"finding.opened"}' };

it("sends the body to the byte, with a signature the receiver can check", async () => {
  expect(await sender.send(message)).toEqual({ kind: "delivered" });
  expect(got).toHaveLength(1);
  expect(got[0]).toMatchObject({ body: message.payload, url: "/hook?token=s3cret" });
  expect(got[0]?.headers).toMatchObject({
    "content-type": "application/json",
    ...signWebhook(message, { secret: SECRET, now: clock.now() }),
  });
});

it.each([
  [200, "delivered"],
  [202, "delivered"],
  [400, "rejected"],
  [410, "rejected"],
  [408, "unreachable"],
  [429, "unreachable"],
  [500, "unreachable"],
  [503, "unreachable"],
])("takes %i as %s", async (status, kind) => {
  respond = (response) => response.writeHead(status).end("words of the receiver");
  expect(await sender.send(message)).toMatchObject({ kind });
});

it("follows no redirection", async () => {
  respond = (response) => response.writeHead(302, { location: "/elsewhere" }).end();
  expect(await sender.send(message)).toEqual({
    kind: "rejected",
    error: "The receiver answered 302; redirections are not followed.",
  });
  expect(got).toHaveLength(1);
});

it("says that nobody is there, without the address", async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const result = await sender.send(message);
  expect(result.kind).toBe("unreachable");
  expect(JSON.stringify(result)).not.toMatch(/s3cret|127\.0\.0\.1/);
});
