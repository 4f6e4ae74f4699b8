import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

import { stopChild } from "./processes";
import type { TestServer } from "./start-control-plane";

const readySchema = z.object({
  ready: z.literal(true),
  server: z.string(),
  admin: z.string(),
  kubeconfig: z.string(),
});

/** The sandbox as a process of its own; `demo: false` starts it without demo objects, `scale` with that many. `speed` is its world's. */
export async function startSandbox(options: {
  readonly demo: boolean;
  readonly speed: number;
  readonly scale?: string;
}): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), "mooring-sandbox-"));
  const main = join(import.meta.dirname, "..", "..", "sandbox", "main.ts");
  const args = ["--import", "tsx", main, "--with-parent", "--kubeconfig", join(dir, "kubeconfig")];
  const child = spawn(process.execPath, [...args, ...(options.demo ? [] : ["--empty"])], {
    env: {
      ...process.env,
      SANDBOX_PORT: "0",
      SANDBOX_SPEED: String(options.speed),
      ...(options.scale === undefined ? {} : { SANDBOX_SCALE: options.scale }),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ready = await new Promise<z.infer<typeof readySchema>>((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the sandbox ended with ${String(code)} before it was ready`)),
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) resolve(readySchema.parse(JSON.parse(line)));
    });
  });
  return {
    kubeconfig: ready.kubeconfig,
    admin: ready.admin,
    realControlPlane: false,
    stop: async () => {
      await stopChild(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
