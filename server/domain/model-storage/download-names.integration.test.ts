import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { planFileSet } from "../file-set";
import { aModel } from "@/server/testing/builders";
import { LOOPBACK_CERTIFICATE } from "@/server/testing/downloads/loopback-certificate";
import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { S3_ACCOUNT, startS3 } from "@/server/testing/downloads/s3-stand-in";
import { downloaderOf, KEY } from "@/server/testing/downloads/staged-model";

let hub: ModelServer;
let s3: ModelServer;
beforeEach(needsCurl);
beforeAll(async () => {
  hub = await startModelServer({ tls: true });
  s3 = await startS3();
});
afterAll(async () => {
  await hub.close();
  await s3.close();
});

const NASTY = ["'", '"', "`", "$(touch pwned)", "$(HOME)", "${HOME}", "$$", "\\", "\\n", "\\c", " ", "-", "-n", "--", ";", "&", "|", ">", "<", "~", "!", "#", "%", "%s", "{a,b}", "]", "^", "@", ":", "+", "=", "é", "模型", "🦙", "END_OF_FILES", ".tmp", "."]; // prettier-ignore
const segment = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: "grapheme", maxLength: 4 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join("").replaceAll("/", ""));
/** Whatever the rules let through. Dots alone are folded away in URLs, `%41` names `A`, and `$$` is the kubelet's. */
const name = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .filter((segments) => segments.every((one) => !/^\.*$/.test(one)))
  .map((segments) => segments.join("/"))
  .filter(
    (file) => planFileSet(aModel({ spec: { source: "hf://o/r", files: [file] } })).kind === "multi",
  )
  .filter((file) => !/%[0-9a-f]{2}|\$\$|\$\((?:HOME|PATH)\)/i.test(file));

async function withMachine(check: (machine: Machine) => Promise<void>) {
  const machine = createMachine();
  try {
    await check(machine);
  } finally {
    machine.remove();
  }
}

describe(`names of files, downloaded by ${SHELL}`, { timeout: 120_000 }, () => {
  it("come from the hub under their own name, and nothing else comes", async () => {
    await fc.assert(
      fc.asyncProperty(name, (file) =>
        withMachine(async (machine) => {
          machine.store("custom-certs/ca.crt", LOOPBACK_CERTIFICATE);
          machine.curlrc(`connect-to = "huggingface.co:443:127.0.0.1:${hub.port}"`);
          hub.files.set(`/o/r/resolve/main/${file}`, "weights");
          const { code, log } = await machine.run(
            downloaderOf({
              model: { source: "hf://o/r", files: [file] },
              settings: { caCertConfigMap: "ca" },
            }),
          );
          expect([code, machine.models()]).toEqual([0, [`${KEY}/${file}`]]);
          expect(machine.read(`models/${KEY}/${file}`)).toBe("weights");
          expect(log).toContain(`\nprogress file=${file} received=7 total=7 rate=`);
        }),
      ),
      { numRuns: 10 },
    );
  });

  it("are signed so that S3 finds the key that they name", async () => {
    const env = {
      AWS_ACCESS_KEY_ID: S3_ACCOUNT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_ACCOUNT.secretAccessKey,
      AWS_REGION: S3_ACCOUNT.region,
      AWS_ENDPOINT_URL: s3.url,
    };
    await fc.assert(
      fc.asyncProperty(name, (file) =>
        withMachine(async (machine) => {
          s3.files.set(`/bucket/m/${file}`, "weights");
          const container = downloaderOf({ model: { source: "s3://bucket/m", files: [file] } });
          const { code } = await machine.run(container, { env });
          expect([code, machine.models()]).toEqual([0, [`${KEY}/${file}`]]);
        }),
      ),
      { numRuns: 10 },
    );
  });
});
