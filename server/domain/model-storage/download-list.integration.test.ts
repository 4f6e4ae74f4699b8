import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMachine, type Machine } from "@/server/testing/downloads/machine";
import { LOOPBACK_CERTIFICATE } from "@/server/testing/downloads/loopback-certificate";
import { type ModelServer, startModelServer } from "@/server/testing/downloads/model-server";
import { needsCurl, SHELL } from "@/server/testing/downloads/programs";
import { downloaderOf, KEY, type StagedModel } from "@/server/testing/downloads/staged-model";

const BASE = "/o/r/resolve/main";

let hub: ModelServer;
let machine: Machine;
beforeEach(needsCurl);
beforeEach(async () => {
  hub = await startModelServer({ tls: true });
  machine = createMachine();
  machine.store("custom-certs/loopback.crt", LOOPBACK_CERTIFICATE);
  // the scripts keep asking huggingface.co; only the way to it leads here
  machine.curlrc(`connect-to = "huggingface.co:443:127.0.0.1:${hub.port}"`);
});
afterEach(async () => {
  machine.remove();
  await hub.close();
});

const publish = (files: Readonly<Record<string, string>>) => {
  for (const [name, body] of Object.entries(files)) hub.files.set(`${BASE}/${name}`, body);
};
type Spec = Partial<StagedModel["model"]>;
const fetched = (files: readonly string[], spec: Spec = {}) =>
  machine.run(
    downloaderOf({
      model: { source: "hf://o/r", files, ...spec },
      settings: { caCertConfigMap: "extra-ca" },
    }),
  );
const stored = (name: string) => machine.read(`models/${KEY}/${name}`);
const models = () => machine.models().map((path) => path.replace(`${KEY}/`, ""));

describe(`downloader of several files, run by ${SHELL}`, { timeout: 30_000 }, () => {
  it("keeps the repository's folders, the projector with them", async () => {
    publish({ "q4/a.gguf": "A", "q4/deep/b.gguf": "BB", "mmproj.gguf": "CCC" });
    const { code, log, reason } = await fetched(["q4/a.gguf", "q4/deep/b.gguf"], {
      mmproj: "mmproj.gguf",
    });
    expect([code, reason]).toEqual([0, null]);
    expect(models()).toEqual(["mmproj.gguf", "q4/a.gguf", "q4/deep/b.gguf"]);
    expect(["q4/a.gguf", "q4/deep/b.gguf", "mmproj.gguf"].map(stored)).toEqual(["A", "BB", "CCC"]);
    expect(log).toContain("progress file=q4/deep/b.gguf received=2 total=2 ");
    expect(new Set(hub.hosts)).toEqual(new Set(["huggingface.co"]));
  });

  it("asks below the revision that the source names", async () => {
    hub.files.set("/o/r/resolve/v1.2/a.gguf", "A");
    const { code } = await fetched(["a.gguf"], { source: "hf://o/r@v1.2" });
    expect([code, stored("a.gguf")]).toEqual([0, "A"]);
  });

  it.each([
    ["b c.gguf", "b%20c.gguf"],
    ["dossier été/模型.gguf", "dossier%20%C3%A9t%C3%A9/%E6%A8%A1%E5%9E%8B.gguf"],
    ["100%.gguf", "100%25.gguf"],
    ["a#b&c=d+e@f~(1)!'$;,:.gguf", "a%23b&c=d+e@f~(1)!'$;,:.gguf"],
    ['q"u\\o`t|e{1,2}^<>.gguf', "q%22u%5Co%60t%7Ce%7B1,2%7D%5E%3C%3E.gguf"],
    ["$(touch pwned).gguf", "$(touch%20pwned).gguf"],
    ["-o.gguf", "-o.gguf"],
    ["END_OF_FILES", "END_OF_FILES"],
    [" padded ", "%20padded%20"],
    ["\\c\\n\\033.gguf", "%5Cc%5Cn%5C033.gguf"],
  ])("brings the file %j, asked for as %s, and names it as it is", async (name, target) => {
    publish({ [name]: "weights" });
    const { code, log } = await fetched([name]);
    expect([code, models(), stored(name)]).toEqual([0, [name], "weights"]);
    expect(hub.requests.at(-1)).toBe(`GET ${BASE}/${target}`);
    expect(log).toContain(`Downloading model artifact ${name}...\n`);
    expect(log).toContain(`progress file=${name} received=7 total=7 `);
  });

  it("takes a name that is encoded already as it is", async () => {
    hub.files.set(`${BASE}/a b.gguf`, "A");
    const { code } = await fetched(["a%20b.gguf"]);
    expect([code, models()]).toEqual([0, ["a%20b.gguf"]]);
  });

  it("fetches only what is missing, and clears what was half written anywhere", async () => {
    publish({ "q4/b.gguf": "B" });
    machine.store(`models/${KEY}/a.gguf`, "A");
    machine.store(`models/${KEY}/q4/b.gguf.tmp`, "half");
    machine.store(`models/${KEY}/old/c.gguf.tmp`, "half");
    machine.store("models/fedcba9876543210/other.gguf.tmp", "of another model");
    const { code, log } = await fetched(["a.gguf", "q4/b.gguf"]);
    expect([code, machine.models()]).toEqual([
      0,
      [`${KEY}/a.gguf`, `${KEY}/q4/b.gguf`, "fedcba9876543210/other.gguf.tmp"],
    ]);
    expect(log).toContain("Model artifact a.gguf already cached, skipping download\n");
    expect(log).toContain("Downloading model artifact q4/b.gguf...\n");
    expect(hub.requests).toEqual([`HEAD ${BASE}/q4/b.gguf`, `GET ${BASE}/q4/b.gguf`]);
  });

  it.each([
    [401, "ModelSourceUnauthorized"],
    [403, "ModelSourceUnauthorized"],
    [404, "ModelSourceNotFound"],
  ])(
    "ends with the first file that is refused (%i: %s), and names it",
    async (status, expected) => {
      publish({ "a.gguf": "A", "c.gguf": "C" });
      hub.files.set(`${BASE}/b.gguf`, { status });
      const { code, log, reason } = await fetched(["a.gguf", "b.gguf", "c.gguf"]);
      expect([code, reason, models()]).toEqual([1, expected, ["a.gguf"]]);
      expect(log).toMatch(/ERROR: failed to download b\.gguf\n$/);
      expect(log).not.toContain("c.gguf");
    },
  );

  it("ends with the file whose transfer was cut", async () => {
    hub.files.set(`${BASE}/a.gguf`, { body: "weights", cutAfter: 3 });
    const { code, log } = await fetched(["a.gguf"]);
    expect([code, models()]).toEqual([1, []]);
    expect(log).toContain("ERROR: failed to download a.gguf");
  });

  it("follows a redirect of the hub", async () => {
    hub.files.set(`${BASE}/a.gguf`, { status: 307, headers: { location: "/cdn/blob" } });
    hub.files.set("/cdn/blob", "weights");
    expect((await fetched(["a.gguf"])).code).toBe(0);
    expect(stored("a.gguf")).toBe("weights");
  });
});

describe(`downloader of several files with OnChange, run by ${SHELL}`, { timeout: 30_000 }, () => {
  const onChange = (...files: readonly string[]) => fetched(files, { refreshPolicy: "OnChange" });

  it("decides file by file", async () => {
    publish({ "a.gguf": "longer", "q4/b.gguf": "B", "c.gguf": "C" });
    machine.store(`models/${KEY}/a.gguf`, "A");
    machine.store(`models/${KEY}/q4/b.gguf`, "b");
    const { code, log } = await onChange("a.gguf", "q4/b.gguf", "c.gguf");
    expect(code).toBe(0);
    expect(["a.gguf", "q4/b.gguf", "c.gguf"].map(stored)).toEqual(["longer", "b", "C"]);
    expect(log).toContain("Model artifact q4/b.gguf already cached, skipping download");
    expect(hub.requests).toEqual([
      `HEAD ${BASE}/a.gguf`,
      `GET ${BASE}/a.gguf`,
      `HEAD ${BASE}/q4/b.gguf`,
      `HEAD ${BASE}/c.gguf`,
      `GET ${BASE}/c.gguf`,
    ]);
  });

  it("keeps a copy that cannot be compared, and goes on with the next file", async () => {
    hub.files.set(`${BASE}/a.gguf`, { status: 503, body: "A" });
    publish({ "b.gguf": "B" });
    machine.store(`models/${KEY}/a.gguf`, "a");
    const { code, log } = await onChange("a.gguf", "b.gguf");
    expect([code, stored("a.gguf"), stored("b.gguf")]).toEqual([0, "a", "B"]);
    expect(log).toContain("Revalidation unreachable; kept cached copy of a.gguf\n");
  });

  it("keeps all copies when nobody listens", async () => {
    machine.store(`models/${KEY}/a.gguf`, "a");
    machine.store(`models/${KEY}/b.gguf`, "b");
    await hub.close();
    const { code } = await onChange("a.gguf", "b.gguf");
    hub = await startModelServer();
    expect([code, models()]).toEqual([0, ["a.gguf", "b.gguf"]]);
  });

  it("fails when it reaches nothing and a file is missing", async () => {
    machine.store(`models/${KEY}/a.gguf`, "a");
    await hub.close();
    const { code, reason, log } = await onChange("a.gguf", "b.gguf");
    hub = await startModelServer();
    expect([code, reason, models()]).toEqual([1, "ModelSourceUnreachable", ["a.gguf"]]);
    expect(log).toMatch(/ERROR: failed to download b\.gguf\n$/);
  });
});
