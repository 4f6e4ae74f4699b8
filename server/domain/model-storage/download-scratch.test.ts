import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { S3_ACCOUNT, startS3 } from "@/server/testing/downloads/s3-stand-in";
import { downloaderOf, KEY, type StagedModel } from "@/server/testing/downloads/staged-model";

let server: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  server = await startModelServer();
  server.files.set("/phi.gguf", "weights");
  machine = createMachine();
});
afterEach(async () => {
  machine.remove();
  await server.close();
});

const EPHEMERAL = { modelCache: { persistence: "Ephemeral" as const } };
const fetched = (spec: Partial<StagedModel["model"]> = {}) =>
  machine.run(
    downloaderOf({ model: { source: `${server.url}/phi.gguf`, ...spec }, service: EPHEMERAL }),
  );

describe(`downloader on space that ends with the pod, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("names the file after the namespace and the Model", async () => {
    const { code, log } = await fetched();
    expect([code, machine.models()]).toEqual([0, ["ml-phi.gguf"]]);
    expect(log).toMatch(/Model downloaded successfully\n$/);
  });

  it("does not fetch again when only the container is started again", async () => {
    machine.store("models/ml-phi.gguf", "there");
    const { code, log } = await fetched();
    expect([code, log, server.requests]).toEqual([
      0,
      "Model already exists, skipping download\n",
      [],
    ]);
  });

  it("starts over after a half-written file", async () => {
    machine.store("models/ml-phi.gguf.tmp", "half of a file that was longer");
    expect((await fetched()).code).toBe(0);
    expect([machine.models(), machine.read("models/ml-phi.gguf")]).toEqual([
      ["ml-phi.gguf"],
      "weights",
    ]);
  });

  it.each([
    [{ status: 401 }, 22, "ModelSourceUnauthorized"],
    [{ status: 404 }, 22, "ModelSourceNotFound"],
  ])("fails on %j", async (answer, exit, expected) => {
    server.files.set("/phi.gguf", answer);
    const { code, reason } = await fetched();
    expect([code, reason, machine.models()]).toEqual([exit, expected, []]);
  });

  it("compares with the source when it is OnChange", async () => {
    machine.store("models/ml-phi.gguf", "old");
    const { log } = await fetched({ refreshPolicy: "OnChange" });
    expect(log).toContain("Model revalidated (downloaded)");
    expect(machine.read("models/ml-phi.gguf")).toBe("weights");
  });

  it("puts several files into a directory of their own", async () => {
    const s3 = await startS3();
    s3.files.set("/bucket/m/q4/a.gguf", "A");
    s3.files.set("/bucket/m/b.gguf", "B");
    const container = downloaderOf({
      model: { source: "s3://bucket/m", files: ["q4/a.gguf", "b.gguf"] },
      service: EPHEMERAL,
    });
    const { code } = await machine.run(container, {
      env: {
        AWS_ACCESS_KEY_ID: S3_ACCOUNT.accessKeyId,
        AWS_SECRET_ACCESS_KEY: S3_ACCOUNT.secretAccessKey,
        AWS_REGION: S3_ACCOUNT.region,
        AWS_ENDPOINT_URL: s3.url,
      },
    });
    await s3.close();
    expect([code, machine.models()]).toEqual([0, ["ml-phi/b.gguf", "ml-phi/q4/a.gguf"]]);
  });
});

describe(`downloader of a node's file, run by ${SHELL}`, { timeout: 30_000 }, () => {
  const LOCAL = {
    model: { source: "/srv/a b.gguf" },
    settings: { allowedHostPathRoots: ["/srv"] },
  };
  const FILE = `${KEY}/phi.gguf`;

  it("copies it to the claim", async () => {
    machine.store("host-model/model.gguf", "weights");
    machine.store(`models/${FILE}.tmp`, "half of a file that was longer");
    const { code, log, reason } = await machine.run(downloaderOf(LOCAL));
    expect([code, reason, machine.models()]).toEqual([0, null, [FILE]]);
    expect(machine.read(`models/${FILE}`)).toBe("weights");
    expect(log).toContain("received=7 total=7 ");
    expect(log).toMatch(/Model downloaded successfully\n$/);
  });

  it("copies it once, OnChange or not", async () => {
    machine.store("host-model/model.gguf", "new weights");
    machine.store(`models/${FILE}`, "cached");
    const model = { ...LOCAL.model, refreshPolicy: "OnChange" as const };
    const { code, log } = await machine.run(downloaderOf({ ...LOCAL, model }));
    expect([code, log]).toEqual([0, "Model already cached, skipping download\n"]);
    expect(machine.read(`models/${FILE}`)).toBe("cached");
  });

  it("fails when the mount holds no file", async () => {
    const { code, log } = await machine.run(downloaderOf(LOCAL));
    expect([code, machine.models()]).toEqual([1, []]);
    expect(log).toMatch(/No such file or directory/);
  });

  it("is refused on space that ends with the pod", async () => {
    const { code, log } = await machine.run(downloaderOf({ ...LOCAL, service: EPHEMERAL }));
    expect([code, machine.models()]).toEqual([1, []]);
    expect(log).toMatch(/^ERROR: .*\/srv\/a b\.gguf/);
  });
});
