import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadClusterAccess } from "./kube-config";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mooring-kube-config-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(text: string): string {
  const file = join(dir, "config");
  writeFileSync(file, text);
  return file;
}

const TWO_CONTEXTS = JSON.stringify({
  clusters: [
    { name: "a", cluster: { server: "http://127.0.0.1:1" } },
    { name: "b", cluster: { server: "https://b.example" } },
  ],
  users: [{ name: "me", user: { token: "t" } }],
  contexts: [
    { name: "a", context: { cluster: "a", user: "me" } },
    { name: "b", context: { cluster: "b", user: "me" } },
    { name: "broken", context: { cluster: "none", user: "me" } },
  ],
  "current-context": "a",
});

describe("loadClusterAccess", () => {
  it.each([
    [null, "http://127.0.0.1:1", "a"],
    ["b", "https://b.example", "b"],
  ])("takes context %s: %s", (context, server, shown) => {
    const access = loadClusterAccess({
      inCluster: false,
      kubeconfig: write(TWO_CONTEXTS),
      context,
    });
    expect(access).toMatchObject({ server, context: shown });
  });

  it.each([
    ["a context that is not there", "c", 'no context "c"; it has: a, b, broken'],
    ["a context without its cluster", "broken", "names no cluster"],
  ])("refuses %s", (_case, context, message) => {
    const kubeconfig = write(TWO_CONTEXTS);
    expect(() => loadClusterAccess({ inCluster: false, kubeconfig, context })).toThrow(message);
  });

  it("names the file it cannot read", () => {
    const kubeconfig = join(dir, "missing");
    expect(() => loadClusterAccess({ inCluster: false, kubeconfig, context: null })).toThrow(
      `the kubeconfig ${kubeconfig} cannot be read`,
    );
  });
});
