import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { parseConfig } from "@/server/config";
import type { Cluster } from "@/server/contract/cluster";
import type { Timeline } from "@/server/contract/timeline";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import { cluster } from "@/server/http/routes/cluster";
import { inferenceServiceTimeline } from "@/server/http/routes/inference-services";
import { ask } from "@/server/testing/fake-route-host";
import { MooringServer } from "./mooring-server";

const GROUP = "inference.llmkube.dev/v1alpha1";
const SECRET = "a secret of at least sixteen";

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

let api: KubeApi;
let namespace: string;
let storage: TestDatabase;
let server: MooringServer;
let receiver: Server;
let received: Received[];
let status: number;
let url: string;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("notifications");
  storage = await createTestDatabase();
  received = [];
  status = 204;
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`; // it listens on a port
});
afterEach(async () => {
  await server.stop();
  await storage.dispose();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await api.delete(`/api/v1/namespaces/${namespace}`);
});

/** A process of its own as far as the database goes. */
async function start(): Promise<void> {
  server = new MooringServer({
    config: parseConfig({
      env: {
        MOORING_CLUSTER: "kubeconfig",
        MOORING_KUBECONFIG: inject("kubeconfig"),
        MOORING_NAMESPACES: namespace,
        MOORING_WEBHOOK_URL: url,
        MOORING_WEBHOOK_SECRET: SECRET,
      },
      serviceAccount: false,
    }),
    database: await storage.reopen(),
    log: pino({ level: "silent" }),
    localUser: "ada",
    version: "0.0.0",
  });
  server.start();
}

const eventually = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 40_000, interval: 100 });
const services = (name = "") => `/apis/${GROUP}/namespaces/${namespace}/inferenceservices${name}`;
const createService = (name: string, claimName: string) =>
  api.call("POST", services(), {
    apiVersion: GROUP,
    kind: "InferenceService",
    metadata: { name },
    spec: { modelRef: "m0", modelCache: { claimName } },
  });
const clusterRow = async () => (await (await ask(server, cluster, {})).json()) as Cluster;

type Message = { readonly type: string; readonly data: Record<string, string | null> };
const parse = ({ body }: Received) => JSON.parse(body) as Message;
/** What the receiver took, each id once, as `name code type`. */
const taken = () => {
  const byId = new Map(received.map((message) => [message.headers["webhook-id"], parse(message)]));
  return [...byId.values()].map(
    ({ type, data }) => `${String(data["name"])} ${String(data["code"])} ${type}`,
  );
};

function expectSigned({ headers, body }: Received): void {
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const signature = createHmac("sha256", SECRET).update(signed).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
  expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
}

it(
  "tells once what opens and closes, signed, across a receiver that is away and a restart",
  { timeout: 150_000 },
  async () => {
    status = 503;
    await createService("llama", "not-there");
    await start();
    await eventually("the receiver to have been asked", () => received.length).toBeGreaterThan(0);
    await eventually(
      "the failure to be said",
      async () => (await clusterRow()).notifications,
    ).toMatchObject({
      pending: expect.any(Number) as number,
      delivered: 0,
      lastError: "The receiver answered 503.",
    });
    await server.stop();

    // while Mooring is away, the receiver comes back and one of two broken services is deleted
    status = 204;
    received = [];
    await start();
    await eventually(
      "what had opened to be delivered",
      async () => (await clusterRow()).notifications,
    ).toMatchObject({ pending: 0, lastError: null });
    await server.stop();
    const opened = taken();
    expect(opened).toContain("llama ModelNotFound finding.opened");
    await api.delete(services("/llama"));
    await start();
    await eventually("what closed meanwhile to be told", () =>
      taken()
        .filter((text) => text.endsWith("finding.closed"))
        .toSorted(),
    ).toEqual(opened.map((text) => text.replace("opened", "closed")).toSorted());

    expect(taken().filter((text) => text.endsWith("opened"))).toEqual(opened); // nothing again
    for (const message of received) expectSigned(message);
    expect(parse(received[0]!)).toMatchObject({ data: { namespace, link: null } });
    await eventually(
      "everything to be delivered",
      async () => (await clusterRow()).notifications,
    ).toMatchObject({
      pending: 0,
      givenUp: 0,
      lastError: null,
    });
    const timeline = await ask(server, inferenceServiceTimeline, {
      params: { namespace, name: "llama" },
    });
    const { items, serviceExists } = (await timeline.json()) as Timeline;
    expect(serviceExists).toBe(false);
    expect(
      items.filter(({ source }) => source === "Finding").map(({ reason }) => reason),
    ).toContain("ModelNotFound");
  },
);
