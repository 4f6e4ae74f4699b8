import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Agent, request } from "undici";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";

/** Two starts of a process each. */
const PATIENCE = { timeout: 60_000 };

let dir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mooring-sandbox-"));
});
afterEach(async () => {
  await end("SIGTERM");
  rmSync(dir, { recursive: true, force: true });
});

const kubeconfig = () => join(dir, "kubeconfig");

/** The program as `npm start` runs it; resolves once it is ready. */
async function start(state: string): Promise<void> {
  const main = new URL("main.ts", import.meta.url).pathname;
  const args = ["--import", "tsx", main, "--with-parent", "--empty", "--kubeconfig", kubeconfig()];
  const started = spawn(process.execPath, args, {
    env: { ...process.env, SANDBOX_PORT: "0", SANDBOX_STATE: state },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child = started;
  await new Promise<void>((resolve, reject) => {
    started.once("exit", (code) => reject(new Error(`it ended with ${String(code)}`)));
    createInterface({ input: started.stdout }).once("line", () => resolve());
  });
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const ending = child;
  child = undefined;
  if (!ending) return;
  const gone = new Promise((resolve) => ending.once("exit", resolve));
  ending.kill(signal);
  await gone;
}

type Config = {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  users: { user: { token: string } }[];
};
type Body = { metadata: { uid: string; resourceVersion: string } };

async function call(method: "GET" | "POST", path: string, body?: unknown) {
  const { clusters, users } = parse(readFileSync(kubeconfig(), "utf8")) as Config;
  const { server = "", "certificate-authority-data": ca = "" } = clusters[0]?.cluster ?? {};
  const dispatcher = new Agent({ connect: { ca: Buffer.from(ca, "base64").toString() } });
  const response = await request(`${server}${path}`, {
    method,
    dispatcher,
    headers: {
      authorization: `Bearer ${users[0]?.user.token ?? ""}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = { status: response.statusCode, body: (await response.body.json()) as Body };
  await dispatcher.close();
  return answer;
}

const MAPS = "/api/v1/namespaces/default/configmaps";
const clusterId = async () =>
  (await call("GET", "/api/v1/namespaces/kube-system")).body.metadata.uid;

it(
  "SANDBOX_STATE=keep: the same cluster after SIGKILL, with what was written until then",
  PATIENCE,
  async () => {
    await start("keep");
    const id = await clusterId();
    const made = await call("POST", MAPS, { metadata: { name: "kept" } });
    await end("SIGKILL");
    await start("keep");
    expect(await clusterId()).toBe(id);
    const kept = await call("GET", `${MAPS}/kept`);
    expect(kept.body).toEqual(made.body);
    const next = await call("POST", MAPS, { metadata: { name: "next" } });
    expect(Number(next.body.metadata.resourceVersion)).toBeGreaterThan(
      Number(made.body.metadata.resourceVersion),
    );
  },
);

it("without it every start is another cluster, and nothing is stored", PATIENCE, async () => {
  await start("fresh");
  const id = await clusterId();
  await call("POST", MAPS, { metadata: { name: "lost" } });
  await end("SIGTERM");
  expect(existsSync(join(dir, "sandbox-state.jsonl"))).toBe(false);
  await start("fresh");
  expect(await clusterId()).not.toBe(id);
  expect((await call("GET", `${MAPS}/lost`)).status).toBe(404);
});
