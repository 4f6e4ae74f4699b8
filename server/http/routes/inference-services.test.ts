import { describe, expect, it } from "vitest";

import { serviceDetailSchema, serviceListSchema } from "@/server/contract/service-view";
import { AppError } from "@/server/errors";
import type { LogTarget } from "@/server/ports";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import {
  inferenceService,
  inferenceServiceAttachments,
  inferenceServiceClaimCandidates,
  inferenceServiceLogs,
  inferenceServices,
  inferenceServiceTimeline,
} from "./inference-services";

const LLAMA = { namespace: "ml", name: "llama" };
const NOBODY = { namespace: "ml", name: "nobody" };

describe("GET inferenceservices", () => {
  it("answers with what the contract says and how old it is", async () => {
    const { host } = await aRouteWorld();
    const list = serviceListSchema.parse(await (await ask(host, inferenceServices)).json());

    expect(list).toMatchObject({
      total: 1,
      continue: null,
      observedAt: "2026-03-01T11:59:59Z",
      stale: false,
    });
    expect(list.items[0]).toMatchObject({ ...LLAMA, severity: "ok" });
  });

  it.each([
    ["?namespace=ml,prod&q=LLAMA&claim=models-nvme-a&node=gpu-1&severity=ok&sort=-size", 1],
    ["?namespace=prod", 0],
    ["?finding=ClaimPending", 0],
    ["?storageClass=local-nvme", 1],
    ["?q=llama", 1],
    ["?q=nvme-a", 1],
    ["?q=GPU-1", 1],
    ["?q=gpu-2", 0],
  ])("filters by %s", async (query, total) => {
    const { host } = await aRouteWorld();

    expect(await (await ask(host, inferenceServices, { query })).json()).toMatchObject({ total });
  });

  it.each(["?colour=red", "?severity=bad", "?limit=0", "?limit=x", "?sort=age", "?continue=x"])(
    "refuses %s",
    async (query) => {
      const { host } = await aRouteWorld();
      const response = await ask(host, inferenceServices, { query });

      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ type: "/problems/Invalid" });
    },
  );

  it("says that the cluster was not read yet rather than that there is nothing", async () => {
    const { host, context } = await aRouteWorld();
    const refuse = () => {
      throw new AppError("ServiceUnavailable", "still reading", { retryAfterSeconds: 1 });
    };
    const early = {
      ...host,
      open: async () => ({ ...context, rows: { ...context.rows, services: refuse } }),
    };
    const response = await ask(early, inferenceServices);

    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
  });
});

describe("GET one inferenceservice", () => {
  it("answers with its chain, pods and YAML", async () => {
    const { host } = await aRouteWorld();
    const detail = serviceDetailSchema.parse(
      await (await ask(host, inferenceService, { params: LLAMA })).json(),
    );

    expect(detail.chain.map(({ kind }) => kind)).toContain("PersistentVolumeClaim");
    expect(detail.yaml.service).toContain("claimName: models-nvme-a");
  });

  it.each([
    ["details", inferenceService],
    ["candidates", inferenceServiceClaimCandidates],
    ["timeline", inferenceServiceTimeline],
    ["logs", inferenceServiceLogs],
  ])("has no %s of a service that does not exist", async (_what, resource) => {
    const { host } = await aRouteWorld();
    const response = await ask(host, resource, { params: NOBODY });

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "NotFound" });
  });

  it("keeps the timeline of a service that is gone", async () => {
    const item = {
      id: "1",
      at: "2026-03-01T11:00:00Z",
      source: "Change" as const,
      kind: "InferenceService",
      ...NOBODY,
      reason: "Deleted",
      message: "It was deleted.",
      severity: "info" as const,
      count: 1,
      actor: null,
    };
    const { host } = await aRouteWorld({
      timeline: {
        append: () => Promise.resolve(),
        list: () => Promise.resolve({ items: [item], continue: "next" }),
        objects: () => Promise.resolve([{ kind: "InferenceService", name: "nobody" }]),
      },
    });
    const response = await ask(host, inferenceServiceTimeline, { params: NOBODY });

    expect(await response.json()).toEqual({
      items: [item],
      continue: "next",
      objects: [{ kind: "InferenceService", name: "nobody" }],
      serviceExists: false,
    });
  });
});

describe("GET logs", () => {
  const logs = {
    read: () =>
      Promise.resolve("GET https://bob:hunter2@models.example.com/llama.gguf?token=s3cret\n"),
    async *follow() {
      yield "GET https://models.example.com/a?tok";
      yield "en=s3cret\nsecond line\n";
    },
  };

  it("says whose log it is and shows no secret of a URL", async () => {
    const { host } = await aRouteWorld({ logs });
    const response = await ask(host, inferenceServiceLogs, { params: LLAMA });

    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(response.headers.get("x-log-container")).toBe("llama-server");
    expect(await response.text()).toBe("GET https://models.example.com/llama.gguf\n");
  });

  it("asks for the run, the lines and the times that are wanted, and says so", async () => {
    const asked: LogTarget[] = [];
    const read = (target: LogTarget) => Promise.resolve(String(asked.push(target)));
    const { host } = await aRouteWorld({ logs: { ...logs, read } });
    const query = "?previous=true&tailLines=all&timestamps=true";
    const response = await ask(host, inferenceServiceLogs, { params: LLAMA, query });
    await ask(host, inferenceServiceLogs, { params: LLAMA });

    expect(response.headers.get("x-log-previous")).toBe("true");
    expect(asked).toMatchObject([
      { previous: true, tailLines: null, timestamps: true },
      { previous: false, tailLines: 1000, timestamps: false },
    ]);
  });

  it.each(["?previous=yes", "?tailLines=0", "?tailLines=-1", "?timestamps=1", "?since=5m"])(
    "refuses %s",
    async (query) => {
      const { host } = await aRouteWorld({ logs });
      expect((await ask(host, inferenceServiceLogs, { params: LLAMA, query })).status).toBe(422);
    },
  );

  it("follows by whole lines, so that no half of a URL slips through, and says when it ended", async () => {
    const { host } = await aRouteWorld({ logs });
    const response = await ask(host, inferenceServiceLogs, {
      params: LLAMA,
      query: "?follow=true",
    });
    const text = await response.text();

    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(text).toContain(
      "event: lines\ndata: GET https://models.example.com/a\ndata: second line\n\n",
    );
    expect(text).toMatch(/event: end\ndata: \n\n$/);
    expect(text).not.toContain("s3cret");
  });
});

describe("GET logs of a line without an end", () => {
  it("tells it in parts, cut where no URL is", async () => {
    const secret = "https://models.example.com/a?token=s3cret";
    async function* follow() {
      yield `${"1% ".repeat(22_000)}${secret.slice(0, 32)}`;
      yield `${secret.slice(32)} done`;
    }
    const { host } = await aRouteWorld({ logs: { read: () => Promise.resolve(""), follow } });
    const query = "?follow=true";
    const response = await ask(host, inferenceServiceLogs, { params: LLAMA, query });
    const text = await response.text();

    expect(text.match(/event: lines/gu)).toHaveLength(2);
    expect(text).toContain("https://models.example.com/a done\n");
    expect(text).not.toContain("s3cret");
  });
});

describe("POST attachments", () => {
  it("stores the request, wakes the reconciler and says where to watch it", async () => {
    const { host, accepted } = await aRouteWorld();
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: LLAMA,
      body: { claimName: "models-nvme-b", comment: "more room" },
    });

    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toBe("/api/v1/attachments/att-1");
    expect(await response.json()).toMatchObject({
      state: "Pending",
      claimName: "models-nvme-b",
      previousClaimName: "models-nvme-a",
      actor: "ada",
    });
    expect(accepted.map(({ id }) => id)).toEqual(["att-1"]);
  });

  it("keeps what the request says about persistence, and what the spec said before", async () => {
    const { host } = await aRouteWorld();
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: LLAMA,
      body: {
        claimName: "models-nvme-b",
        persistence: "Cached",
        expectedClaimName: "models-nvme-a",
      },
    });

    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      persistence: "Cached",
      previousPersistence: null,
    });
  });

  it.each([
    ["another claim", "models-nvme-c"],
    ["no claim", null],
  ])("answers 409 and stores nothing when the caller looked at %s", async (_case, expected) => {
    const { host, accepted } = await aRouteWorld();
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: LLAMA,
      body: { claimName: "models-nvme-b", expectedClaimName: expected },
    });

    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: "Conflict",
      detail: expect.stringContaining('"models-nvme-a"') as unknown,
    });
    expect(accepted).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a name no claim can have", { claimName: "Models_A" }, "#/body/claimName"],
    ["no claim at all", {}, "#/body/claimName"],
    ["an unknown field", { claimName: "a", force: true }, "#/body/force"],
    [
      "a claim for scratch space",
      { claimName: "a", persistence: "Ephemeral" },
      "#/body/persistence",
    ],
  ])("refuses %s before storing anything", async (_case, body, pointer) => {
    const { host, accepted } = await aRouteWorld();
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: LLAMA,
      body,
    });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    expect(accepted).toEqual([]);
  });

  it("refuses an idempotency key that could not be logged", async () => {
    const { host } = await aRouteWorld();
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: LLAMA,
      body: { claimName: null },
      headers: { "idempotency-key": "two words" },
    });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: "#/header/idempotency-key" }],
    });
  });

  it("does not know a service that does not exist", async () => {
    const { host } = await aRouteWorld();
    const body = { claimName: "models-nvme-b" };
    const response = await ask(host, inferenceServiceAttachments, {
      method: "POST",
      params: NOBODY,
      body,
    });

    expect(response.status).toBe(404);
  });
});
