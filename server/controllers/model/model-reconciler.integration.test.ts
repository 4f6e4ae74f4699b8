import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { NO_IMPROVEMENTS } from "@/server/domain/improvements";
import {
  conditionsOf,
  connectModelCluster,
  type ModelCluster,
} from "@/server/testing/model-cluster";

let cluster: ModelCluster;
let folder: string;
beforeEach(async () => {
  cluster = await connectModelCluster();
  folder = await mkdtemp(join(tmpdir(), "mooring-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await cluster.stop();
});

const strictly = () => ({
  improvements: NO_IMPROVEMENTS,
  settings: { allowedHostPathRoots: [folder] },
});

describe("the built-in operator resolves Models", () => {
  it("once, and then writes nothing again", async () => {
    const { writes } = await cluster.start();
    await cluster.createModel({ source: "https://models.example.com/phi.gguf" });
    const ready = await cluster.phase("Ready");
    expect(conditionsOf(ready)).toEqual({ Available: "True WorkloadResolved" });
    expect(ready["status"].lastUpdated).toMatch(/Z$/);
    await cluster.quiet();
    expect(writes).toHaveLength(1);
  });

  it("waits for a claim, and is Ready as soon as it is bound", async () => {
    await cluster.start();
    await cluster.createModel({ source: "pvc://mine/phi.gguf" });
    expect(conditionsOf(await cluster.phase("Failed"))).toEqual({ Degraded: "True PVCNotFound" });
    await cluster.workload.createClaim("mine");
    const ready = await cluster.phase("Ready");
    expect(conditionsOf(ready)["Available"]).toBe("True PVCModelReady");
    expect(conditionsOf(ready)["Degraded"]).toBe("False Superseded");
    expect(ready["status"].path).toBe("/model-source/phi.gguf");
  });

  it("fails one that was Ready when its source may not be used any more, and keeps when it was Ready last", async () => {
    await cluster.start();
    await cluster.createModel({ source: "https://models.example.com/phi.gguf" });
    const { lastUpdated } = (await cluster.phase("Ready"))["status"] as { lastUpdated: string };
    await cluster.patchModel({ spec: { source: "/etc/phi.gguf" } });
    const failed = await cluster.phase("Failed");
    expect(conditionsOf(failed)).toEqual({
      Available: "False SourceNotAllowed",
      Degraded: "True SourceNotAllowed",
    });
    expect(failed["status"].lastUpdated).toBe(lastUpdated);
  });
});

describe("a source that is asked whether it changed", () => {
  it("is in sync at first, and drifts when its file is another one", async () => {
    const upstream = { etag: "one" };
    const server = createServer((_request, response) => {
      response.writeHead(200, { etag: upstream.etag, "content-length": "3" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await cluster.start({
      settings: { revalidateIntervalMs: 1_000, allowedRemoteHosts: ["127.0.0.1"] },
    });
    await cluster.createModel({ source: `http://127.0.0.1:${port}/phi.gguf` });
    const drifted = (wanted: string) =>
      cluster.eventually(`SourceDrifted is ${wanted}`, async () => {
        const model = await cluster.phase("Ready");
        return conditionsOf(model)["SourceDrifted"] === wanted ? model : null;
      });
    const first = await drifted("False InSync");
    expect(first["status"]).toMatchObject({ sourceETag: "one", sourceContentLength: 3 });
    expect(first["status"].lastUpdated).toMatch(/Z$/);
    upstream.etag = "two";
    expect((await drifted("True UpstreamChanged"))["status"].sourceETag).toBe("one");
    server.closeAllConnections();
    server.close();
  });
});

describe("a local source", () => {
  it("is the pods' to copy: the operator's own disk is not looked at", async () => {
    await cluster.start({ settings: { allowedHostPathRoots: [folder] } });
    await cluster.createModel({ source: `${folder}/phi.gguf` });
    expect(conditionsOf(await cluster.phase("Ready"))).toEqual({ Available: "True ModelReady" });
  });

  it("fails in strict mode when this process cannot read it", async () => {
    const { writes } = await cluster.start(strictly());
    await cluster.createModel({ source: `file://${folder}/phi.gguf` });
    const failed = await cluster.phase("Failed");
    expect(conditionsOf(failed)).toEqual({
      Degraded: "True CopyFailed",
      Progressing: "True CopyStarted",
    });
    await cluster.quiet();
    // copying, failed
    expect(writes).toHaveLength(2);
  });

  it("is recorded in strict mode as LLMKube records its copy", async () => {
    await writeFile(join(folder, "phi.gguf"), "abc");
    await cluster.start(strictly());
    await cluster.createModel({ source: `${folder}/phi.gguf` });
    const ready = await cluster.phase("Ready");
    expect(conditionsOf(ready)).toEqual({
      Available: "True ModelReady",
      Progressing: "True CopyStarted",
      SourceDrifted: "False InSync",
    });
    const { cacheKey } = ready["status"] as { cacheKey: string };
    expect(ready["status"]).toMatchObject({
      path: `/models/${cacheKey}/phi.gguf`,
      size: "3 B",
      sourceContentLength: 3,
    });
  });

  it("fails in strict mode when its digest is not the wanted one", async () => {
    await writeFile(join(folder, "phi.gguf"), "abc");
    await cluster.start(strictly());
    await cluster.createModel({ source: `${folder}/phi.gguf`, sha256: "0".repeat(64) });
    expect(conditionsOf(await cluster.phase("Failed"))["Degraded"]).toBe(
      "True IntegrityCheckFailed",
    );
  });
});
