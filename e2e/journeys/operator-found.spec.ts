import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clusterSchema } from "../../server/contract/cluster";
import { KubeApi } from "../cluster/kube-api";
import { startSandbox } from "../cluster/start-sandbox";
import { expect, test } from "../fixtures";
import { startMooring } from "../start-mooring";

const NAME = "llmkube-controller-manager";
const DEPLOYMENT = `/apis/apps/v1/namespaces/llmkube-system/deployments/${NAME}`;

test("beside LLMKube's operator every page says that Mooring's own does not run, until it is gone", async ({
  page,
}) => {
  test.setTimeout(180_000);
  // A cluster of its own: the operator of the other journeys must go on.
  const sandbox = await startSandbox({ demo: true, speed: 4 });
  const api = new KubeApi(sandbox.kubeconfig);
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-operator-"));
  const mooring = await startMooring({
    kubeconfig: sandbox.kubeconfig,
    cluster: "sandbox",
    operator: "builtin",
    dataDir,
    logName: "e2e-operator-found",
  });
  try {
    const banner = page.getByRole("alert").filter({ hasText: "not running" });
    const facts = page.getByRole("region", { name: "Operator" });
    await page.goto(`${mooring.url}/about`);
    await expect(facts).toContainText("Mooring's own operator does the work");
    await expect(banner).toHaveCount(0);

    await install(api);
    await expect(banner).toContainText(`llmkube-system/${NAME}`);
    await expect(banner).toContainText("MOORING_OPERATOR=none");
    await expect(facts).toContainText(`llmkube-system/${NAME}`);
    await expect(facts).toContainText("perService from its Deployment");
    await page.goto(`${mooring.url}/`);
    await expect(page.getByRole("row").nth(3)).toBeVisible();
    await expect(banner).toBeVisible();
    const answer: unknown = await (await fetch(`${mooring.url}/api/v1/cluster`)).json();
    const { operator } = clusterSchema.parse(answer);
    expect(operator).toMatchObject({
      mode: "none",
      wanted: "builtin",
      refused: { reason: "OperatorFound" },
      found: { namespace: "llmkube-system", name: NAME },
    });

    await banner.getByRole("link", { name: "About this cluster" }).click();
    await expect(facts).toContainText("Mooring's own operator is not running");

    await api.delete(DEPLOYMENT);
    await expect(facts).toContainText("Mooring's own operator does the work");
    await expect(banner).toHaveCount(0);
  } finally {
    await mooring.stop();
    await api.close();
    await sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

async function install(api: KubeApi): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "llmkube-system" } };
  await api.create("/api/v1/namespaces", namespace);
  const labels = { app: NAME };
  const image = "ghcr.io/defilantech/llmkube-controller:0.9.19";
  const container = { name: "manager", image, args: ["--model-cache-mode=perService"] };
  await api.apply(DEPLOYMENT, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
}
