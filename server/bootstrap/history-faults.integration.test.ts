import BetterSqlite3 from "better-sqlite3";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import { parseConfig } from "@/server/config";
import type { Cluster, Readiness } from "@/server/contract/cluster";
import type { Problem } from "@/server/contract/problem";
import type { Timeline } from "@/server/contract/timeline";
import type { Database } from "@/server/db/open-database";
import { createTestDatabase, type TestDatabase } from "@/server/db/test-database";
import { attachments } from "@/server/http/routes/attachments";
import { cluster, readyz } from "@/server/http/routes/cluster";
import {
  inferenceService,
  inferenceServiceAttachments,
  inferenceServices,
  inferenceServiceTimeline,
} from "@/server/http/routes/inference-services";
import { ask } from "@/server/testing/fake-route-host";
import { MooringServer } from "./mooring-server";

const GROUP = "inference.llmkube.dev/v1alpha1";

let api: KubeApi;
let namespace: string;
let storage: TestDatabase;
let server: MooringServer;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("history-faults");
  storage = await createTestDatabase();
  server = aServer(storage.database);
  server.start();
  await createService("llama");
  await eventually("the service to be on the timeline", async () =>
    (await timeline()).items.map(({ reason }) => reason),
  ).toContain("Created");
});
afterEach(async () => {
  await server.stop();
  await storage.dispose();
  await api.delete(`/api/v1/namespaces/${namespace}`);
});

const aServer = (database: Database) =>
  new MooringServer({
    config: parseConfig({
      env: {
        MOORING_CLUSTER: "kubeconfig",
        MOORING_KUBECONFIG: inject("kubeconfig"),
        MOORING_NAMESPACES: namespace,
      },
      serviceAccount: false,
    }),
    database,
    log: pino({ level: "silent" }),
    localUser: "ada",
    version: "0.0.0",
  });

const eventually = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 25_000, interval: 100 });
const path = (name = "") => `/apis/${GROUP}/namespaces/${namespace}/inferenceservices${name}`;
const createService = (name: string) =>
  api.call("POST", path(), {
    apiVersion: GROUP,
    kind: "InferenceService",
    metadata: { name },
    spec: { modelRef: "m0" },
  });
const setClaim = (claimName: string) =>
  api.call(
    "PATCH",
    `${path("/llama")}?fieldManager=someone`,
    { spec: { modelCache: { claimName } } },
    "application/merge-patch+json",
  );
const key = () => ({ params: { namespace, name: "llama" } });
const timeline = async () =>
  (await (await ask(server, inferenceServiceTimeline, key())).json().catch(() => ({
    items: [],
  }))) as Pick<Timeline, "items">;
const history = async () =>
  ((await (await ask(server, cluster, {})).json()) as Cluster).history.recording;
const post = (claimName: string, comment = "") =>
  ask(server, inferenceServiceAttachments, {
    method: "POST",
    ...key(),
    body: { claimName, comment, writeAnyway: true },
  });
const stored = async () =>
  (
    (await (
      await ask(server, attachments, { query: `?namespace=${namespace}&limit=500` })
    ).json()) as { readonly items: readonly unknown[] }
  ).items.length;

/** Every page's data, and the word of every part that asks. */
async function expectDashboardGoesOn(): Promise<void> {
  for (const [resource, input] of [
    [inferenceServices, {}],
    [inferenceService, key()],
    [inferenceServiceTimeline, key()],
  ] as const)
    expect((await ask(server, resource, input)).status).toBe(200);
  const ready = await ask(server, readyz, {});
  expect(ready.status).toBe(200);
  const { parts } = (await ready.json()) as Readiness;
  expect(parts.find(({ name }) => name === "history")).toMatchObject({ ready: false });
}

async function expectRefused(response: Response, detail: RegExp): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get("content-type")).toMatch(/problem\+json/);
  const problem = (await response.json()) as Problem;
  expect(problem.code).toBe("ServiceUnavailable");
  expect(problem.detail).toMatch(detail);
}

it("goes on while another process holds the database, and writes down what it saw afterwards", async () => {
  const other = new BetterSqlite3(storage.file);
  other.exec("BEGIN EXCLUSIVE");
  const lockedAt = Date.now();
  await setClaim("one");
  await eventually("the history to be said not to be recorded", history).toBe(false);
  await expectDashboardGoesOn();
  await expectRefused(await post("two"), /locked by another process/);
  expect(await stored()).toBe(0);
  await eventually(
    "the hole to be long enough to be worth a gap",
    () => Date.now() - lockedAt,
  ).toBeGreaterThan(8_000);
  other.exec("COMMIT");
  other.close();

  await eventually("the history to be recorded again", history).toBe(true);
  await eventually("what happened meanwhile to be there", async () =>
    (await timeline()).items.map(({ reason }) => reason),
  ).toEqual(expect.arrayContaining(["ClaimNameSet", "NotWritten"]));
  expect((await post("two")).status).toBe(202);
});

it("goes on with a full database, and loses no attachment that it accepted", async () => {
  const limitPages = (pages: number) =>
    storage.database.prisma.$queryRawUnsafe(`PRAGMA max_page_count = ${String(pages)}`);
  await limitPages(1); // SQLite takes the present size as the limit then
  let accepted = 0;
  let refused: Response | null = null;
  for (let nth = 0; refused === null && nth < 200; nth += 1) {
    const response = await post(`claim-${String(nth)}`, "x".repeat(500));
    if (response.status === 202) accepted += 1;
    else refused = response;
  }
  await expectRefused(refused ?? new Response(), /full/);
  expect(await stored()).toBe(accepted);
  for (let nth = 0; (await history()) !== false && nth < 200; nth += 1)
    await setClaim(`claim-of-somebody-${String(nth)}`);
  await eventually("the history to be said not to be recorded", history).toBe(false);
  await expectDashboardGoesOn();

  await limitPages(1_000_000);
  await eventually("the history to be recorded again", history).toBe(true);
  expect((await post("fits-again")).status).toBe(202);
  expect(await stored()).toBe(accepted + 1);
});

it("marks the time in which it did not run, from what it last wrote to its next start, once", async () => {
  const stoppedAt = new Date(Date.now() - 3_600_000);
  for (let start = 0; start < 2; start += 1) {
    await server.stop();
    const database = await storage.reopen();
    if (start === 0)
      await database.prisma.historyMark.updateMany({ data: { recordedAt: stoppedAt } });
    server = aServer(database);
    server.start();
    await eventually("the history to be recorded", history).toBe(true);
  }
  await eventually("the gap to be on the timeline", async () =>
    (await timeline()).items.filter(({ source }) => source === "Gap").map(({ message }) => message),
  ).toEqual([expect.stringContaining(`from ${stoppedAt.toISOString()}`) as string]);
});
