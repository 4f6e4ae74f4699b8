import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SandboxClient } from "./client";
import { createApi, type Api } from "./create-api";
import { createClient } from "./in-process-client";
import { loadDefinitions } from "./load-definitions";
import { StateFile } from "./state-file";

let dir: string;
let path: string;
let end: () => void;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mooring-state-"));
  path = join(dir, "state.jsonl");
  end = () => undefined;
});
afterEach(() => {
  end();
  rmSync(dir, { recursive: true, force: true });
});

/** A life of the sandbox's API; the one before has ended. */
function start(): { api: Api; client: SandboxClient } {
  end();
  const file = new StateFile(path);
  const initial = file.state;
  const api = createApi({
    log: (line) => expect.fail(line),
    ...(initial && { initial }),
    onCommit: (resource, event) => file.record(resource, event),
  });
  const client = createClient(api);
  loadDefinitions(client);
  file.begin();
  end = () => {
    api.stop();
    file.close();
  };
  return { api, client };
}

const aConfigMap = (name: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data: { a: "1" },
});
const SERVICES = "inferenceservices.inference.llmkube.dev";
const aService = (name: string) => ({
  apiVersion: "inference.llmkube.dev/v1alpha1",
  kind: "InferenceService",
  metadata: { name, namespace: "default" },
  spec: { modelRef: "m" },
});

describe("state kept over a restart", () => {
  it("the same objects to the field, of the same cluster, under the same version", () => {
    const first = start();
    first.client.create("configmaps", aConfigMap("kept"));
    first.client.create("configmaps", aConfigMap("gone"));
    first.client.delete("configmaps", "default", "gone");
    first.client.create(SERVICES, aService("chat"));
    const all = (client: SandboxClient) =>
      ["namespaces", "configmaps", SERVICES, "serviceaccounts"].map((id) => client.list(id));
    const before = all(first.client);
    const { version } = first.api.store;
    const second = start();
    expect(all(second.client)).toEqual(before);
    expect(second.api.store.version).toBe(version);
    const { metadata } = second.client.create("configmaps", aConfigMap("next"));
    expect(Number(metadata.resourceVersion)).toBe(version + 1);
  });

  it("history is gone: a watch from before has to list again, one from the last version goes on", () => {
    const first = start();
    first.client.create("configmaps", aConfigMap("a"));
    const { version } = first.api.store;
    const { store } = start().api;
    expect(store.eventsSince("configmaps", version - 1)).toBeUndefined();
    expect(store.eventsSince("secrets", version - 1)).toBeUndefined();
    expect(store.eventsSince("configmaps", version)).toEqual([]);
  });

  it("a kind that a definition added is served again, and owners still own", async () => {
    const service = start().client.create(SERVICES, aService("chat"));
    const { name, uid } = service.metadata;
    const owner = { apiVersion: service.apiVersion, kind: service.kind, name, uid };
    const { client } = start();
    const owned = aConfigMap("owned");
    client.create("configmaps", {
      ...owned,
      metadata: { ...owned.metadata, ownerReferences: [owner] },
    });
    client.delete(SERVICES, "default", "chat");
    await expect.poll(() => client.get("configmaps", "default", "owned")).toBeUndefined();
  });

  it("a line that a crash cut short is left out, all before it is there", () => {
    start().client.create("configmaps", aConfigMap("whole"));
    end();
    end = () => undefined;
    appendFileSync(path, '{"resource":"configmaps","object":{"metadata":{"na');
    const { client } = start();
    expect(client.list("configmaps").map(({ metadata }) => metadata.name)).toEqual(["whole"]);
  });

  it("a start that ends before it is complete leaves what was there", () => {
    start().client.create("configmaps", aConfigMap("a"));
    end();
    end = () => undefined;
    const before = readFileSync(path, "utf8");
    const file = new StateFile(path);
    const api = createApi({
      log: (line) => expect.fail(line),
      onCommit: (resource, event) => file.record(resource, event),
    });
    api.stop();
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("holds Secrets, so only its owner may read it", () => {
    start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("what is no state of the sandbox is refused by name, not overwritten", () => {
    writeFileSync(path, "hello\n");
    expect(() => new StateFile(path)).toThrow(/state\.jsonl is not a state/);
  });

  it("the file does not grow without end: many writes of one object are folded into one line", () => {
    const { client } = start();
    const large = { ...aConfigMap("large"), data: { a: "x".repeat(900_000) } };
    client.create("configmaps", large);
    for (let turn = 0; turn < 30; turn += 1) {
      const before = client.get("configmaps", "default", "large");
      if (!before) throw new Error("the ConfigMap is gone");
      client.update("configmaps", { ...before, data: { ...large.data, turn: String(turn) } });
    }
    expect(statSync(path).size).toBeLessThan(18 * 2 ** 20);
    expect(start().client.get("configmaps", "default", "large")?.["data"].turn).toBe("29");
  });
});
