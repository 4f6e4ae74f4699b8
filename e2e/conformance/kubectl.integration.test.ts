import { execFile, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { beforeAll, describe, expect, inject, it } from "vitest";

import { connect, newNamespace } from "./api-client";

const run = promisify(execFile);
const api = connect();
const env = { ...process.env, KUBECONFIG: inject("kubeconfig") };
let namespace: string;

function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // not installed here: the suite says so and is left out
  }
}

async function kubectl(...args: string[]): Promise<string> {
  return (await run("kubectl", ["-n", namespace, ...args], { env })).stdout;
}

/** Applies a manifest from standard input; answers what kubectl prints, also when it refuses. */
async function apply(manifest: unknown, ...args: string[]): Promise<string> {
  const child = spawn("kubectl", ["-n", namespace, "apply", "-f", "-", ...args], { env });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(JSON.stringify(manifest));
  await new Promise((resolve) => child.once("close", resolve));
  return output;
}

const aService = (name: string, claimName: string) => ({
  apiVersion: "inference.llmkube.dev/v1alpha1",
  kind: "InferenceService",
  metadata: { name },
  spec: { modelRef: "llama", modelCache: { claimName } },
});

beforeAll(async () => {
  namespace = await newNamespace(api);
});

describe.skipIf(!hasKubectl())("kubectl (left out where it is not installed)", () => {
  it("applies, also server-side, and shows LLMKube's columns by the short name", async () => {
    expect(await apply(aService("chat", "models-a"))).toContain("chat created");
    expect(await apply(aService("side", "models-a"), "--server-side")).toContain(
      "side serverside-applied",
    );
    const table = await kubectl("get", "isvc");
    expect(table.split("\n")[0]).toMatch(/^NAME +PHASE +MODEL +REPLICAS +ENDPOINT +AGE/);
    expect(table).toMatch(/^chat +llama/m);
  });

  it("names the other manager when server-side apply meets a conflict, and forces when told to", async () => {
    await apply(aService("owned", "models-a"), "--server-side", "--field-manager=flux");
    const refused = await apply(
      aService("owned", "models-b"),
      "--server-side",
      "--field-manager=me",
    );
    expect(refused).toContain('conflict with "flux"');
    expect(refused).toContain(".spec.modelCache.claimName");
    await apply(
      aService("owned", "models-b"),
      "--server-side",
      "--field-manager=me",
      "--force-conflicts",
    );
    const fields = await kubectl("get", "isvc", "owned", "-o", "yaml", "--show-managed-fields");
    expect(fields).toContain("manager: me");
    expect(fields).toContain("claimName: models-b");
  });

  it.each([
    ["merge", '{"spec":{"modelCache":{"claimName":"models-m"}}}'],
    ["json", '[{"op":"replace","path":"/spec/modelCache/claimName","value":"models-j"}]'],
  ])("patches a service by %s", async (type, patch) => {
    const name = `patched-${type}`;
    await apply(aService(name, "models-a"));
    await kubectl("patch", "isvc", name, "--type", type, "-p", patch);
    const claim = await kubectl("get", "isvc", name, "-o", "jsonpath={.spec.modelCache.claimName}");
    expect(claim).toBe(`models-${type.charAt(0)}`);
  });

  it("patches a built-in kind strategically: a container is found by its name", async () => {
    const labels = { app: "web" };
    await apply({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: "first", image: "first", env: [{ name: "KEPT", value: "1" }] }],
          },
        },
      },
    });
    const patch = {
      spec: { template: { spec: { containers: [{ name: "first", image: "second" }] } } },
    };
    await kubectl("patch", "deployment", "web", "-p", JSON.stringify(patch));
    const images = await kubectl(
      "get",
      "deployment",
      "web",
      "-o",
      "jsonpath={.spec.template.spec.containers[*].image} {.spec.template.spec.containers[0].env[0].name}",
    );
    expect(images).toBe("second KEPT");
  });

  it("describes a service with its events, and refuses what the definition forbids", async () => {
    await apply(aService("told", "models-a"));
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "told.1" },
      involvedObject: {
        apiVersion: "inference.llmkube.dev/v1alpha1",
        kind: "InferenceService",
        namespace,
        name: "told",
        uid: await kubectl("get", "isvc", "told", "-o", "jsonpath={.metadata.uid}"),
      },
      type: "Warning",
      reason: "ModelCachePVCNotFound",
      message: "no such claim",
    };
    await api.post(`/api/v1/namespaces/${namespace}/events`, event);
    const described = await kubectl("describe", "isvc", "told");
    expect(described).toMatch(/Claim Name: +models-a/);
    expect(described).toMatch(/Warning +ModelCachePVCNotFound/);
    const both = aService("both", "models-a");
    const refused = await apply({
      ...both,
      spec: { ...both.spec, modelCache: { claimName: "a", persistence: "Ephemeral" } },
    });
    expect(refused).toContain("is invalid");
  });

  it("watches: a change is printed while get -w runs", async () => {
    await apply(aService("watched", "models-a"));
    const watch = spawn(
      "kubectl",
      [
        "-n",
        namespace,
        "get",
        "isvc",
        "watched",
        "-w",
        "-o",
        "jsonpath={.spec.modelCache.claimName}{'\\n'}",
      ],
      { env },
    );
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
    try {
      expect((await lines.next()).value).toBe("models-a");
      const patch = '{"spec":{"modelCache":{"claimName":"models-w"}}}';
      await kubectl("patch", "isvc", "watched", "--type=merge", "-p", patch);
      expect((await lines.next()).value).toBe("models-w");
    } finally {
      watch.kill();
    }
  });

  it("deletes, and says what is not found", async () => {
    await apply(aService("gone", "models-a"));
    expect(await kubectl("delete", "isvc", "gone")).toContain("deleted");
    await expect(kubectl("get", "isvc", "gone")).rejects.toThrow(/NotFound/);
  });

  it("asks what it may do", async () => {
    expect((await kubectl("auth", "can-i", "patch", "isvc")).trim()).toBe("yes");
  });
});
