import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import type { ModelServer } from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { S3_ACCOUNT, startS3 } from "@/server/testing/downloads/s3-stand-in";
import { downloaderOf, KEY, type StagedModel } from "@/server/testing/downloads/staged-model";

let s3: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  s3 = await startS3();
  machine = createMachine();
});
afterEach(async () => {
  machine.remove();
  await s3.close();
});

type Secret = Readonly<Record<string, string>>;
const secret = (): Secret => ({
  AWS_ACCESS_KEY_ID: S3_ACCOUNT.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_ACCOUNT.secretAccessKey,
  AWS_REGION: S3_ACCOUNT.region,
  AWS_ENDPOINT_URL: s3.url,
});
const fetched = (model: StagedModel["model"], env = secret()) =>
  machine.run(downloaderOf({ model: { sourceSecretRef: { name: "keys" }, ...model } }), { env });
const stored = (name: string) => machine.read(`models/${KEY}/${name}`);

describe(`downloader of one S3 object, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it.each([
    ["plain", "weights/phi.gguf", "weights/phi.gguf"],
    ["with spaces", "my weights/phi 4.gguf", "my%20weights/phi%204.gguf"],
    ["with unicode", "poids/café-模型.gguf", "poids/caf%C3%A9-%E6%A8%A1%E5%9E%8B.gguf"],
    [
      "with signs",
      "a+b=c&d(1)!'*@:,;$~.gguf",
      "a%2Bb%3Dc%26d%281%29%21%27%2A%40%3A%2C%3B%24~.gguf",
    ],
  ])("signs a request for a key %s", async (_, key, target) => {
    s3.files.set(`/models/${key}`, "weights");
    const { code, log, reason } = await fetched({ source: `s3://models/${key}` });
    expect([code, reason, stored("phi.gguf")]).toEqual([0, null, "weights"]);
    expect(log).toMatch(/received=7 total=7 rate=\d+\nModel downloaded successfully\n$/);
    expect(s3.requests).toEqual([`HEAD /models/${target}`, `GET /models/${target}`]);
  });

  it("asks for nothing when the file is there, OnChange or not", async () => {
    machine.store(`models/${KEY}/phi.gguf`, "cached");
    const source = "s3://models/phi.gguf";
    const { code, log } = await fetched({ source, refreshPolicy: "OnChange" });
    expect([code, log, s3.requests]).toEqual([0, "Model already cached, skipping download\n", []]);
  });

  it("takes an endpoint with a slash at its end", async () => {
    s3.files.set("/models/phi.gguf", "weights");
    const env = { ...secret(), AWS_ENDPOINT_URL: `${s3.url}/` };
    expect((await fetched({ source: "s3://models/phi.gguf" }, env)).code).toBe(0);
  });

  it.each([
    ["a wrong secret", { AWS_SECRET_ACCESS_KEY: "wrong" }],
    ["an unknown key", { AWS_ACCESS_KEY_ID: "nobody" }],
    ["another region", { AWS_REGION: "us-west-2" }],
    ["no region where the bucket is elsewhere", { AWS_REGION: "" }],
    ["no keys", { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }],
  ])("is refused with %s", async (_, patch) => {
    s3.files.set("/models/phi.gguf", "weights");
    const { code, reason } = await fetched(
      { source: "s3://models/phi.gguf" },
      { ...secret(), ...patch },
    );
    expect([code, reason, machine.models()]).toEqual([22, "ModelSourceUnauthorized", []]);
  });

  it("needs no keys for a public bucket", async () => {
    s3.files.set("/public/phi.gguf", "weights");
    const { code } = await fetched(
      { source: "s3://public/phi.gguf" },
      { AWS_ENDPOINT_URL: s3.url },
    );
    expect([code, stored("phi.gguf")]).toEqual([0, "weights"]);
  });

  it("says that there is no such key", async () => {
    const { code, reason } = await fetched({ source: "s3://models/gone.gguf" });
    expect([code, reason, machine.models()]).toEqual([22, "ModelSourceNotFound", []]);
  });

  it("keeps its keys out of the log", async () => {
    const { log } = await fetched({ source: "s3://models/gone.gguf" });
    expect(log).not.toContain(S3_ACCOUNT.secretAccessKey);
    expect(log).not.toContain(S3_ACCOUNT.accessKeyId);
  });
});

describe(`downloader of several S3 objects, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it.each(["s3://models/llama/v 1", "s3://models/llama/v 1/"])(
    "fetches each below the prefix %s",
    async (source) => {
      s3.files.set("/models/llama/v 1/q4/a b.gguf", "A");
      s3.files.set("/models/llama/v 1/été+1.gguf", "B");
      const { code, log } = await fetched({ source, files: ["q4/a b.gguf", "été+1.gguf"] });
      expect([code, stored("q4/a b.gguf"), stored("été+1.gguf")]).toEqual([0, "A", "B"]);
      expect(log).toContain("Downloading model artifact q4/a b.gguf...\n");
    },
  );

  it("compares each with the bucket when it is OnChange", async () => {
    s3.files.set("/models/llama/a.gguf", "longer");
    s3.files.set("/models/llama/b.gguf", "B");
    machine.store(`models/${KEY}/a.gguf`, "A");
    machine.store(`models/${KEY}/b.gguf`, "b");
    const files = ["a.gguf", "b.gguf"];
    const { code } = await fetched({
      source: "s3://models/llama",
      files,
      refreshPolicy: "OnChange",
    });
    expect([code, stored("a.gguf"), stored("b.gguf")]).toEqual([0, "longer", "b"]);
  });

  it("keeps what it has when it is OnChange and its keys are no longer good", async () => {
    s3.files.set("/models/llama/a.gguf", "longer");
    machine.store(`models/${KEY}/a.gguf`, "A");
    const { code, log } = await fetched(
      { source: "s3://models/llama", files: ["a.gguf"], refreshPolicy: "OnChange" },
      { ...secret(), AWS_SECRET_ACCESS_KEY: "wrong" },
    );
    expect([code, stored("a.gguf")]).toEqual([0, "A"]);
    expect(log).toContain("kept cached copy");
  });

  it("ends with the first object that is not there", async () => {
    s3.files.set("/models/llama/a.gguf", "A");
    const { code, reason, log } = await fetched({
      source: "s3://models/llama",
      files: ["a.gguf", "b.gguf", "c.gguf"],
    });
    expect([code, reason, machine.models()]).toEqual([1, "ModelSourceNotFound", [`${KEY}/a.gguf`]]);
    expect(log).toMatch(/ERROR: failed to download b\.gguf\n$/);
  });
});
