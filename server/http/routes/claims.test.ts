import { describe, expect, it } from "vitest";

import { claimDetailSchema, claimListSchema } from "@/server/contract/claim-view";
import { aRouteWorld, ask } from "@/server/testing/fake-route-host";
import { persistentVolumeClaim, persistentVolumeClaims } from "./claims";

const CLAIM = { namespace: "ml", name: "models-nvme-a" };

describe("GET persistentvolumeclaims", () => {
  it("answers with what the contract says and how old it is", async () => {
    const { host } = await aRouteWorld();
    const list = claimListSchema.parse(await (await ask(host, persistentVolumeClaims)).json());

    expect(list).toMatchObject({ total: 1, continue: null, stale: false, items: [CLAIM] });
  });

  it.each([
    ["?q=NVME-A&phase=Bound&storageClass=local-nvme&node=gpu-1&usedBy=llama&sort=-capacity", 1],
    ["?phase=Lost", 0],
    ["?usedBy=nobody", 0],
    ["?q=llama", 1],
    ["?q=gpu-1", 1],
    ["?q=gpu-2", 0],
  ])("filters by %s", async (query, total) => {
    const { host } = await aRouteWorld();

    expect(await (await ask(host, persistentVolumeClaims, { query })).json()).toMatchObject({
      total,
    });
  });

  it.each(["?severity=ok", "?phase=Gone", "?sort=age"])("refuses %s", async (query) => {
    const { host } = await aRouteWorld();

    expect((await ask(host, persistentVolumeClaims, { query })).status).toBe(422);
  });
});

describe("GET one persistentvolumeclaim", () => {
  it("answers with its volume and YAML", async () => {
    const { host } = await aRouteWorld();
    const response = await ask(host, persistentVolumeClaim, { params: CLAIM });
    const detail = claimDetailSchema.parse(await response.json());

    expect(detail).toMatchObject(CLAIM);
    expect(detail.yaml).toContain("kind: PersistentVolumeClaim");
  });

  it("is 404 for an unknown one", async () => {
    const { host } = await aRouteWorld();
    const params = { ...CLAIM, name: "nobody" };

    expect((await ask(host, persistentVolumeClaim, { params })).status).toBe(404);
  });
});
