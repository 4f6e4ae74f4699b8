import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const resolve = { alias: [{ find: /^@\//, replacement: root }] };
const INTEGRATION = "**/*.integration.test.ts";

export default defineConfig({
  resolve,
  test: {
    projects: [
      {
        resolve,
        test: {
          name: "unit",
          // pure code in one process: no test replaces a module or keeps state, so none needs its own
          pool: "threads",
          isolate: false,
          include: ["{server,sandbox,e2e,scripts}/**/*.test.ts"],
          exclude: [INTEGRATION, "**/node_modules/**"],
        },
      },
      {
        resolve,
        esbuild: { jsx: "automatic" },
        test: {
          name: "components",
          include: ["components/**/*.test.{ts,tsx}"],
          environment: "happy-dom",
          setupFiles: ["components/testing/setup.ts"],
        },
      },
      {
        resolve,
        test: {
          name: "integration",
          include: [`{server,sandbox,e2e}/${INTEGRATION}`],
          exclude: ["**/node_modules/**"],
          globalSetup: ["e2e/cluster/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // one file at a time: they share a server, and some make it drop watches and forget history
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
