import { beforeAll, describe, expect, it } from "vitest";

import { aDeployment, aService, connect, newNamespace, type Json } from "./api-client";
import { kubectlIn, kubectlMissing, nextLine, type Kubectl } from "./kubectl-client";

const api = connect();
let namespace: string;
let kubectl: Kubectl;

beforeAll(async () => {
  namespace = await newNamespace(api);
  kubectl = kubectlIn(namespace);
});

/** What it printed; fails with that when it did not end well. */
async function out(...args: string[]): Promise<string> {
  const { code, text } = await kubectl.run(args);
  expect(code, text).toBe(0);
  return text;
}

async function apply(manifest: Json, ...args: string[]) {
  return kubectl.run(["apply", "-f", "-", ...args], manifest);
}

const onClaim = (name: string, claimName: string) => aService(name, { modelCache: { claimName } });
const claimOf = (name: string) =>
  out("get", "isvc", name, "-o", "jsonpath={.spec.modelCache.claimName}");
const replicasOf = (name: string) => out("get", "isvc", name, "-o", "jsonpath={.spec.replicas}");

describe.skipIf(kubectlMissing)(`kubectl writes (${kubectlMissing ?? "found"})`, () => {
  it("apply: created, unchanged, configured", async () => {
    expect((await apply(onClaim("chat", "a"))).text).toContain("chat created");
    expect((await apply(onClaim("chat", "a"))).text).toContain("chat unchanged");
    expect((await apply(onClaim("chat", "b"))).text).toContain("chat configured");
    expect(await claimOf("chat")).toBe("b");
  });

  it("apply removes what the manifest no longer has", async () => {
    await apply(onClaim("trimmed", "a"));
    await apply(aService("trimmed", { replicas: 2 }));
    expect(await claimOf("trimmed")).toBe("");
    expect(await replicasOf("trimmed")).toBe("2");
  });

  it("apply --server-side: a conflict names manager and field, --force-conflicts takes it", async () => {
    const by = (manager: string) => ["--server-side", `--field-manager=${manager}`];
    const made = await apply(onClaim("owned", "a"), ...by("flux"));
    expect(made.text).toContain("owned serverside-applied");
    const refused = await apply(onClaim("owned", "b"), ...by("me"));
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('conflict with "flux"');
    expect(refused.text).toContain(".spec.modelCache.claimName");
    expect((await apply(onClaim("owned", "b"), ...by("me"), "--force-conflicts")).code).toBe(0);
    const fields = await out("get", "isvc", "owned", "-o", "yaml", "--show-managed-fields");
    expect(fields).toContain("manager: me");
    expect(fields).toContain("claimName: b");
  });

  it("--dry-run=server says what would be and stores nothing", async () => {
    const { text } = await apply(onClaim("dry", "a"), "--dry-run=server");
    expect(text).toContain("dry created (server dry run)");
    expect((await kubectl.run(["get", "isvc", "dry"])).text).toContain("NotFound");
  });

  it("create: from a manifest once, a second time AlreadyExists", async () => {
    const create = () => kubectl.run(["create", "-f", "-"], aService("made"));
    expect((await create()).text).toContain("made created");
    const again = await create();
    expect(again.code).toBe(1);
    expect(again.text).toContain("(AlreadyExists)");
  });

  it("create: by its own generators", async () => {
    await out("create", "configmap", "literal", "--from-literal=a=1");
    expect(await out("get", "cm", "literal", "-o", "jsonpath={.data}")).toBe('{"a":"1"}');
    await out("create", "secret", "generic", "token", "--from-literal=HF_TOKEN=x");
    const data = await out("get", "secret", "token", "-o", "jsonpath={.data}");
    expect(JSON.parse(data)).toEqual({ HF_TOKEN: "eA==" });
    await out("create", "serviceaccount", "robot");
    await out("create", "role", "reader", "--verb=get", "--resource=pods");
    await out(
      "create",
      "rolebinding",
      "reader",
      "--role=reader",
      `--serviceaccount=${namespace}:robot`,
    );
    const as = ["--as", `system:serviceaccount:${namespace}:robot`];
    await expect
      .poll(async () => (await kubectl.run(["auth", "can-i", "get", "pods", ...as])).text.trim(), {
        timeout: 10_000,
        message: "the binding to be seen",
      })
      .toBe("yes");
    expect((await kubectl.run(["auth", "can-i", "delete", "pods", ...as])).text.trim()).toBe("no");
  });

  it("a field that the definition does not have is refused by name", async () => {
    const wrong = aService("typo", { modelCache: { clame: "a" } });
    const { code, text } = await kubectl.run(["create", "-f", "-"], wrong);
    expect(code).toBe(1);
    expect(text).toContain('unknown field "spec.modelCache.clame"');
  });

  it("a rule of the definition that is broken is told in its words", async () => {
    const both = aService("both", { modelCache: { claimName: "a", persistence: "Ephemeral" } });
    const { code, text } = await apply(both);
    expect(code).toBe(1);
    expect(text).toContain('The InferenceService "both" is invalid');
    expect(text).toContain("spec.modelCache");
  });

  it.each([
    ["merge", '{"spec":{"modelCache":{"claimName":"m"}}}', "m"],
    ["json", '[{"op":"replace","path":"/spec/modelCache/claimName","value":"j"}]', "j"],
  ])("patch --type %s", async (type, patch, expected) => {
    const name = `patched-${type}`;
    await apply(onClaim(name, "a"));
    const said = await out("patch", "isvc", name, "--type", type, "-p", patch);
    expect(said).toContain(`${name} patched`);
    expect(await claimOf(name)).toBe(expected);
  });

  it("patch of a built-in kind is strategic: a container is found by its name", async () => {
    await apply(aDeployment("web"));
    const containers = [{ name: "engine", image: "engine:2" }];
    const patch = { spec: { template: { spec: { containers } } } };
    await out("patch", "deployment", "web", "-p", JSON.stringify(patch));
    const path =
      "{.spec.template.spec.containers[*].image} {.spec.template.spec.containers[0].env[0].name}";
    expect(await out("get", "deployment", "web", "-o", `jsonpath=${path}`)).toBe("engine:2 A");
  });

  it("patch --subresource=status", async () => {
    await apply(aService("told"));
    const patch = '{"status":{"phase":"Failed"}}';
    await out("patch", "isvc", "told", "--subresource=status", "--type=merge", "-p", patch);
    expect(await out("get", "isvc", "told", "-o", "jsonpath={.status.phase}")).toBe("Failed");
  });

  it("label, annotate, and what they select", async () => {
    await apply(aService("labelled"));
    await out("label", "isvc", "labelled", "tier=gold");
    const refused = await kubectl.run(["label", "isvc", "labelled", "tier=silver"]);
    expect(refused.text).toContain("--overwrite");
    await out("annotate", "isvc", "labelled", "example.com/note=hello");
    expect(await out("get", "isvc", "-l", "tier=gold", "-o", "name")).toBe(
      "inferenceservice.inference.llmkube.dev/labelled\n",
    );
    await out("label", "isvc", "labelled", "tier-");
    expect(await out("get", "isvc", "-l", "tier", "-o", "name")).toBe("");
  });

  it("replace needs the version it was read at", async () => {
    await apply(aService("replaced"));
    const read = async () => JSON.parse(await out("get", "isvc", "replaced", "-o", "json")) as Json;
    const before = await read();
    const wanted = { ...before, spec: { ...(before["spec"] as Json), replicas: 3 } };
    expect((await kubectl.run(["replace", "-f", "-"], wanted)).code).toBe(0);
    const stale = await kubectl.run(["replace", "-f", "-"], {
      ...wanted,
      spec: before["spec"] as Json,
    });
    expect(stale.code).toBe(1);
    expect(stale.text).toContain("(Conflict)");
    expect(await replicasOf("replaced")).toBe("3");
  });

  it("scale: a custom kind, and only from the number expected", async () => {
    await apply(aService("scaled"));
    expect(await out("scale", "isvc", "scaled", "--replicas=4")).toContain("scaled scaled");
    expect(await replicasOf("scaled")).toBe("4");
    const wrong = await kubectl.run([
      "scale",
      "isvc",
      "scaled",
      "--current-replicas=1",
      "--replicas=2",
    ]);
    expect(wrong.code).toBe(1);
    expect(await replicasOf("scaled")).toBe("4");
  });

  it("delete waits until a finalizer lets go", async () => {
    await apply({
      ...aService("held"),
      metadata: { name: "held", finalizers: ["example.com/hold"] },
    });
    const deleting = kubectl.start("delete", "isvc", "held", "--wait");
    try {
      await nextLine(deleting.lines, /held" deleted/);
      const marked = "jsonpath={.metadata.deletionTimestamp}";
      expect(await out("get", "isvc", "held", "-o", marked)).not.toBe("");
      await out("patch", "isvc", "held", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
      expect((await deleting.lines.next()).done).toBe(true);
    } finally {
      deleting.stop();
    }
    expect((await kubectl.run(["get", "isvc", "held"])).text).toContain("NotFound");
  });

  it("delete says what is not there, unless told that it may be missing", async () => {
    const { code, text } = await kubectl.run(["delete", "isvc", "nothing"]);
    expect(code).toBe(1);
    expect(text).toContain('inferenceservices.inference.llmkube.dev "nothing" not found');
    await out("delete", "isvc", "nothing", "--ignore-not-found");
  });

  it("delete by selector", async () => {
    const labelled = (name: string) => ({
      ...aService(name),
      metadata: { name, labels: { wave: "1" } },
    });
    await apply(labelled("wave-a"));
    await apply(labelled("wave-b"));
    const said = await out("delete", "isvc", "-l", "wave=1");
    expect(said).toContain("wave-a");
    expect(said).toContain("wave-b");
  });
});
