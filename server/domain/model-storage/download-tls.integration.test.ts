import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { LOOPBACK_CERTIFICATE } from "@/server/testing/downloads/loopback-certificate";
import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { downloaderOf, KEY, type StagedModel } from "@/server/testing/downloads/staged-model";

let server: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  server = await startModelServer({ tls: true });
  server.files.set("/phi.gguf", "weights");
  machine = createMachine();
});
afterEach(async () => {
  machine.remove();
  await server.close();
});

const fetched = (settings: StagedModel["settings"], spec: Partial<StagedModel["model"]> = {}) =>
  machine.run(
    downloaderOf({
      model: { source: `${server.url}/phi.gguf`, ...spec },
      ...(settings && { settings }),
    }),
  );
const WITH_CA = { caCertConfigMap: "extra-ca" };
const FILE = `${KEY}/phi.gguf`;

describe(`certificates of the downloader, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("does not trust a server that signs for itself", async () => {
    const { code, reason } = await fetched(undefined);
    expect([code, reason, machine.models()]).toEqual([60, "ModelSourceUntrusted", []]);
  });

  it("trusts it with the certificates of the ConfigMap", async () => {
    machine.store("custom-certs/loopback.crt", LOOPBACK_CERTIFICATE);
    const { code, reason } = await fetched(WITH_CA);
    expect([code, reason, machine.read(`models/${FILE}`)]).toEqual([0, null, "weights"]);
  });

  it("reads every key of the ConfigMap, also without a line end, and what is no certificate does no harm", async () => {
    machine.store("custom-certs/a notes.txt", "the certificates of our proxy");
    machine.store("custom-certs/b.pem", LOOPBACK_CERTIFICATE.trimEnd());
    machine.store("custom-certs/c.pem", LOOPBACK_CERTIFICATE.trimEnd());
    expect((await fetched(WITH_CA)).code).toBe(0);
  });

  it("adds to the bundle that the image names", async () => {
    machine.store("image-bundle.pem", LOOPBACK_CERTIFICATE);
    const env = { CURL_CA_BUNDLE: `${machine.root}/image-bundle.pem` };
    const source = `${server.url}/phi.gguf`;
    const container = downloaderOf({ model: { source }, settings: WITH_CA });
    expect((await machine.run(container, { env })).code).toBe(0);
  });

  it("is as untrusting when the ConfigMap is empty", async () => {
    const { code, reason } = await fetched(WITH_CA);
    expect([code, reason]).toEqual([60, "ModelSourceUntrusted"]);
  });

  it("keeps a copy whose source is no longer trusted", async () => {
    machine.store(`models/${FILE}`, "old");
    const { code, log } = await fetched(undefined, { refreshPolicy: "OnChange" });
    expect([code, machine.read(`models/${FILE}`)]).toEqual([0, "old"]);
    expect(log).toContain("Revalidation unreachable; kept cached copy");
  });

  it("says so for a list of files, too", async () => {
    machine.curlrc(`connect-to = "huggingface.co:443:127.0.0.1:${server.port}"`);
    const { code, reason } = await fetched(undefined, { source: "hf://o/r", files: ["a.gguf"] });
    expect([code, reason]).toEqual([1, "ModelSourceUntrusted"]);
  });
});
