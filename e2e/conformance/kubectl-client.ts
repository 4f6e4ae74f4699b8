import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { inject } from "vitest";

const found = inject("kubectl");
const env = { ...process.env, KUBECONFIG: inject("kubeconfig") };

/** Why the suites that need kubectl are left out; undefined when they run. */
export const kubectlMissing = "missing" in found ? found.missing : undefined;

const command = "path" in found ? found.path : "kubectl";

/** What kubectl printed on both streams, and how it ended. */
export type Printed = { readonly code: number; readonly text: string };

/** kubectl in one namespace, against the server under test. */
export type Kubectl = {
  /** Runs it and answers what it printed; a failure is an answer too. `input` goes to its standard input as JSON. */
  run(args: readonly string[], input?: unknown): Promise<Printed>;
  /** Starts it and answers its lines as they come, until `stop`. */
  start(...args: readonly string[]): {
    readonly lines: AsyncIterator<string, undefined>;
    stop(): void;
  };
};

/** Binds kubectl to a namespace. */
export function kubectlIn(namespace: string): Kubectl {
  return {
    run: (args, input) =>
      new Promise((resolve) => {
        const child = execFile(
          command,
          ["-n", namespace, ...args],
          { env, timeout: 60_000 },
          (error, stdout, stderr) => {
            const code = typeof error?.code === "number" ? error.code : error ? 1 : 0;
            resolve({ code, text: stdout + stderr });
          },
        );
        if (input !== undefined) child.stdin?.end(JSON.stringify(input));
      }),
    start: (...args) => {
      const child = spawn(command, ["-n", namespace, ...args], { env });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { lines, stop: () => void child.kill() };
    },
  };
}

/** The next line that matches. @throws Error with all lines seen when the program ends before one does. */
export async function nextLine(
  lines: AsyncIterator<string, undefined>,
  wanted: RegExp,
): Promise<string> {
  const seen: string[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done) throw new Error(`no line matched ${String(wanted)}:\n${seen.join("\n")}`);
    if (wanted.test(next.value)) return next.value;
    seen.push(next.value);
  }
}
