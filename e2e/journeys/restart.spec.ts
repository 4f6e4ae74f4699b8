import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { attachmentSchema, type Attachment } from "../../server/contract/attachment";
import { waitUntil } from "../cluster/processes";
import { expect, test } from "../fixtures";
import { startMooring, type Mooring } from "../start-mooring";

const ROUNDS = 20;
const CLAIMS = ["models-a", "models-b"] as const;

type ManagedFields = { readonly manager: string; readonly fieldsV1: unknown };

test("an accepted attachment survives SIGKILL at any moment and is written exactly once @any-cluster", async ({
  namespace,
  workload,
}) => {
  test.setTimeout(300_000);
  const dataDir = mkdtempSync(join(tmpdir(), "mooring-kill-"));
  // the other Mooring of this run does the operator's work; this one only writes and records
  const start = () =>
    startMooring({
      kubeconfig: process.env["MOORING_E2E_KUBECONFIG"] ?? "",
      cluster: "kubeconfig",
      operator: "none",
      dataDir,
      logName: "e2e-killed",
    });
  await workload.createClaim("models-a");
  await workload.createClaim("models-b");
  await workload.createService("killed");

  let mooring = await start();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const claimName = CLAIMS[round % CLAIMS.length] ?? CLAIMS[0];
      await waitForRow(mooring, namespace, "killed");
      const before = (await workload.service("killed"))?.metadata["generation"] as number;
      const accepted = await attach(mooring, namespace, claimName);
      // spread over the whole way from accepted to recorded, a little differently in each round
      await new Promise((resolve) => setTimeout(resolve, (round * 7) % 120));
      await mooring.kill();
      mooring = await start();
      await waitUntil(`round ${String(round)}: ${accepted.id} to be written`, async () => {
        const { state } = await read(mooring, accepted.id);
        return state === "Applied" || state === "Effective";
      });
      const service = await workload.service("killed");
      expect(service?.["spec"].modelCache.claimName).toBe(claimName);
      expect(service?.metadata["generation"], "written once, not twice").toBe(before + 1);
      const managers = service?.metadata["managedFields"] as readonly ManagedFields[];
      const owners = managers.filter((entry) =>
        JSON.stringify(entry.fieldsV1).includes("f:claimName"),
      );
      expect(owners.map((entry) => entry.manager)).toEqual(["mooring"]);
    }
    const all = (await list(mooring, namespace)).filter(
      (attachment) => attachment.name === "killed",
    );
    expect(all).toHaveLength(ROUNDS);
    expect(new Set(all.map(({ state }) => state))).not.toContain("Pending");
  } finally {
    await mooring.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

async function waitForRow(mooring: Mooring, namespace: string, name: string): Promise<void> {
  const url = `${mooring.url}/api/v1/namespaces/${namespace}/inferenceservices/${name}`;
  await waitUntil(`${name} to be seen`, async () => (await fetch(url)).ok);
}

async function attach(mooring: Mooring, namespace: string, claimName: string): Promise<Attachment> {
  const response = await fetch(
    `${mooring.url}/api/v1/namespaces/${namespace}/inferenceservices/killed/attachments`,
    {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ claimName }),
    },
  );
  expect(response.status).toBe(202);
  return attachmentSchema.parse(await response.json());
}

async function read(mooring: Mooring, id: string): Promise<Attachment> {
  return attachmentSchema.parse(
    await (await fetch(`${mooring.url}/api/v1/attachments/${id}`)).json(),
  );
}

async function list(mooring: Mooring, namespace: string): Promise<readonly Attachment[]> {
  const response = await fetch(
    `${mooring.url}/api/v1/attachments?namespace=${namespace}&limit=100`,
  );
  const body = (await response.json()) as { readonly items: readonly unknown[] };
  return body.items.map((item) => attachmentSchema.parse(item));
}
