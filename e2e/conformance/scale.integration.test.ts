import { beforeAll, describe, expect, it } from "vitest";
import {
  aDeployment,
  aService,
  APPLY_PATCH,
  connect,
  deployments,
  items,
  JSON_PATCH,
  newNamespace,
  services,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
});

const KINDS: Readonly<Record<string, (name: string) => { all: string; object: Json }>> = {
  Deployment: (name) => ({ all: deployments(namespace), object: aDeployment(name) }),
  InferenceService: (name) => ({ all: services(namespace), object: aService(name) }),
};

async function entry(one: string, manager: string): Promise<Json | undefined> {
  const { body } = await api.get(one);
  return items(body["metadata"].managedFields).find((field) => field["manager"] === manager);
}

const replicas = async (one: string) => (await api.get(one)).body["spec"].replicas as number;

const aScale = (name: string, replicas: number): Json => ({
  apiVersion: "autoscaling/v1",
  kind: "Scale",
  metadata: { name, namespace },
  spec: { replicas },
});

describe.each(Object.entries(KINDS))("scale of %s", (_kind, make) => {
  const create = async (name: string) => {
    const { all, object } = make(name);
    expect((await api.post(`${all}?fieldManager=maker`, object)).status).toBe(201);
    return `${all}/${name}`;
  };
  it("is a Scale with the identity of the object", async () => {
    const one = await create("read");
    const object = await api.get(one);
    const { status, body } = await api.get(`${one}/scale`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: "Scale", apiVersion: "autoscaling/v1" });
    const uid = object.body["metadata"].uid as string;
    expect(body["metadata"]).toMatchObject({ name: "read", namespace, uid });
    expect(body["status"].replicas).toBe(0);
  });

  it("PUT sets the replicas, under the version it was read at", async () => {
    const one = await create("put");
    let wanted: Json = {};
    const put = async () => {
      wanted = { ...(await api.get(`${one}/scale`)).body, spec: { replicas: 3 } };
      return (await api.put(`${one}/scale`, wanted)).status;
    };
    await expect.poll(put, { message: "nobody else to write the object" }).toBe(200);
    expect(await replicas(one)).toBe(3);
    const again = await api.put(`${one}/scale`, wanted);
    expect(again.status).toBe(409);
    expect(again.body["reason"]).toBe("Conflict");
  });

  it("JSON patch", async () => {
    const one = await create("json");
    const operations = [{ op: "replace", path: "/spec/replicas", value: 2 }];
    const { status } = await api.patch(`${one}/scale`, operations, JSON_PATCH);
    expect(status).toBe(200);
    expect(await replicas(one)).toBe(2);
  });

  it("a change is a new generation of the object", async () => {
    const one = await create("generation");
    await api.patch(`${one}/scale`, { spec: { replicas: 5 } });
    expect((await api.get(one)).body["metadata"].generation).toBe(2);
  });

  it("less than nothing is refused", async () => {
    const one = await create("negative");
    const { status, body } = await api.patch(`${one}/scale`, { spec: { replicas: -1 } });
    expect(status).toBe(422);
    expect(body["details"].causes[0].field).toBe("spec.replicas");
  });

  it("dryRun=All changes nothing", async () => {
    const one = await create("dry");
    const before = await replicas(one);
    await api.patch(`${one}/scale?dryRun=All`, { spec: { replicas: 5 } });
    expect(await replicas(one)).toBe(before);
  });

  it("of a missing object is NotFound", async () => {
    expect((await api.get(`${make("x").all}/none/scale`)).status).toBe(404);
  });

  it("the writer owns the replicas by the subresource", async () => {
    const one = await create("tracked");
    await api.patch(`${one}/scale?fieldManager=scaler`, { spec: { replicas: 5 } });
    expect(await entry(one, "scaler")).toMatchObject({
      operation: "Update",
      subresource: "scale",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
  });
});

// a real server cannot convert the Scale of a custom kind when it applies one
describe("apply of the scale of a Deployment", () => {
  it("conflicts with who set the replicas, and takes them by force", async () => {
    const one = `${deployments(namespace)}/applied`;
    await api.post(`${deployments(namespace)}?fieldManager=maker`, aDeployment("applied"));
    await api.patch(`${one}?fieldManager=editor`, { spec: { replicas: 2 } });
    const by = `${one}/scale?fieldManager=scaler`;
    const refused = await api.patch(by, aScale("applied", 4), APPLY_PATCH);
    expect(refused.status).toBe(409);
    expect(refused.body["message"]).toContain('conflict with "editor"');
    expect(refused.body["message"]).toContain(".spec.replicas");
    const forced = await api.patch(`${by}&force=true`, aScale("applied", 4), APPLY_PATCH);
    expect(forced.status).toBe(200);
    expect(forced.body).toMatchObject({ kind: "Scale", spec: { replicas: 4 } });
    expect(await replicas(one)).toBe(4);
    expect(await entry(one, "scaler")).toMatchObject({
      operation: "Apply",
      subresource: "scale",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
    expect((await entry(one, "editor"))?.["fieldsV1"] ?? {}).not.toHaveProperty([
      "f:spec",
      "f:replicas",
    ]);
  });
});
