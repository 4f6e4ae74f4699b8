import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  APPLY_PATCH,
  configMaps,
  connect,
  deployments,
  aService,
  items,
  newNamespace,
  services,
  sortedNames,
  type Answer,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
});

function apply(path: string, object: Json, manager: string, query = ""): Promise<Answer> {
  return api.patch(`${path}?fieldManager=${manager}${query}`, object, APPLY_PATCH);
}

function entry(body: Json, manager: string): Json {
  const found = items(body["metadata"].managedFields).find((item) => item["manager"] === manager);
  return found ?? {};
}

const claim = (name: string, claimName?: string): Json => ({
  apiVersion: "inference.llmkube.dev/v1alpha1",
  kind: "InferenceService",
  metadata: { name, namespace },
  ...(claimName ? { spec: { modelCache: { claimName } } } : { spec: {} }),
});

describe("server-side apply", () => {
  it("creates what is not there, owned by the applier", async () => {
    const { status, body } = await apply(`${configMaps(namespace)}/new`, aConfigMap("new"), "one");
    expect(status).toBe(201);
    expect(body["metadata"].managedFields).toMatchObject([
      {
        manager: "one",
        operation: "Apply",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { "f:a": {} } },
      },
    ]);
  });

  it("needs a field manager", async () => {
    const path = `${configMaps(namespace)}/unmanaged`;
    const { status, body } = await api.patch(path, aConfigMap("unmanaged"), APPLY_PATCH);
    expect(status).toBe(422);
    expect(body["details"].causes[0].field).toBe("fieldManager");
  });

  it("owns only what it names, and leaves the rest to its makers", async () => {
    const one = `${services(namespace)}/shared`;
    await api.post(`${services(namespace)}?fieldManager=maker`, aService("shared"));
    const { status, body } = await apply(one, claim("shared", "models"), "mooring");
    expect(status).toBe(200);
    expect(entry(body, "mooring")["fieldsV1"]).toEqual({
      "f:spec": { "f:modelCache": { "f:claimName": {} } },
    });
    expect(entry(body, "maker")["operation"]).toBe("Update");
    expect(body["spec"].modelRef).toBe("m");
  });

  it("a field of another manager is a conflict that names field and owner", async () => {
    const one = `${services(namespace)}/contested`;
    const made = aService("contested", { modelCache: { claimName: "theirs" } });
    await api.post(`${services(namespace)}?fieldManager=kubectl-edit`, made);
    const { status, body } = await apply(one, claim("contested", "ours"), "mooring");
    expect(status).toBe(409);
    expect(body).toMatchObject({
      reason: "Conflict",
      message:
        'Apply failed with 1 conflict: conflict with "kubectl-edit" using inference.llmkube.dev/v1alpha1: .spec.modelCache.claimName',
      details: {
        causes: [
          {
            reason: "FieldManagerConflict",
            message: 'conflict with "kubectl-edit" using inference.llmkube.dev/v1alpha1',
            field: ".spec.modelCache.claimName",
          },
        ],
      },
    });
  });

  it("a conflict with an applier has no version in its wording", async () => {
    const one = `${services(namespace)}/applied`;
    await apply(
      one,
      { ...claim("applied", "a"), spec: { modelRef: "m", modelCache: { claimName: "a" } } },
      "argocd-controller",
    );
    const { body } = await apply(one, claim("applied", "b"), "mooring");
    expect(body["message"]).toBe(
      'Apply failed with 1 conflict: conflict with "argocd-controller": .spec.modelCache.claimName',
    );
  });

  it("several conflicts are listed by manager", async () => {
    const path = `${configMaps(namespace)}/several`;
    await apply(path, aConfigMap("several", { data: { a: "1", b: "1" } }), "one");
    const { body } = await apply(path, aConfigMap("several", { data: { a: "2", b: "2" } }), "two");
    expect(body["message"]).toBe(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
    );
  });

  it("the same value is shared, not contested", async () => {
    const path = `${configMaps(namespace)}/agreed`;
    await apply(path, aConfigMap("agreed"), "one");
    const { status, body } = await apply(path, aConfigMap("agreed"), "two");
    expect(status).toBe(200);
    expect(entry(body, "one")["fieldsV1"]).toEqual(entry(body, "two")["fieldsV1"]);
  });

  it("force takes the field, and only the field", async () => {
    const path = `${configMaps(namespace)}/forced`;
    await apply(path, aConfigMap("forced", { data: { a: "1", b: "1" } }), "one");
    const mine = aConfigMap("forced", { data: { a: "2" } });
    const { status, body } = await apply(path, mine, "two", "&force=true");
    expect(status).toBe(200);
    expect(body["data"]).toEqual({ a: "2", b: "1" });
    expect(entry(body, "one")["fieldsV1"]).toEqual({ "f:data": { "f:b": {} } });
  });

  it("what is no longer applied is removed", async () => {
    const one = `${services(namespace)}/dropped`;
    await api.post(`${services(namespace)}?fieldManager=maker`, aService("dropped"));
    await apply(one, claim("dropped", "models"), "mooring");
    const { body } = await apply(one, claim("dropped"), "mooring");
    expect(body["spec"].modelCache?.claimName).toBeUndefined();
    expect(body["spec"].modelRef).toBe("m");
  });

  it("what another applier still owns stays", async () => {
    const path = `${configMaps(namespace)}/kept`;
    await apply(path, aConfigMap("kept", { data: { a: "1", b: "1" } }), "one");
    await apply(path, aConfigMap("kept", { data: { a: "1" } }), "two");
    const { body } = await apply(path, aConfigMap("kept", { data: { c: "1" } }), "one");
    expect(body["data"]).toEqual({ a: "1", c: "1" });
  });

  it("the same apply again changes nothing", async () => {
    const path = `${configMaps(namespace)}/again`;
    const first = await apply(path, aConfigMap("again"), "one");
    const second = await apply(path, aConfigMap("again"), "one");
    expect(second.body["metadata"].resourceVersion).toBe(first.body["metadata"].resourceVersion);
  });

  it("an update takes ownership of what it changed", async () => {
    const path = `${configMaps(namespace)}/edited`;
    await apply(path, aConfigMap("edited", { data: { a: "1", b: "1" } }), "one");
    const { body } = await api.patch(`${path}?fieldManager=editor`, { data: { a: "2" } });
    expect(entry(body, "editor")).toMatchObject({
      operation: "Update",
      fieldsV1: { "f:data": { "f:a": {} } },
    });
    expect(entry(body, "one")["fieldsV1"]).toEqual({ "f:data": { "f:b": {} } });
  });

  it("list items are owned by their keys and merged", async () => {
    const path = `${deployments(namespace)}/listed`;
    await apply(path, aDeployment("listed"), "one");
    const sidecar = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "listed" },
      spec: { template: { spec: { containers: [{ name: "sidecar", image: "s:1" }] } } },
    };
    const { body } = await apply(path, sidecar, "two");
    const containers: unknown = body["spec"].template.spec.containers;
    expect(sortedNames(containers)).toEqual(["engine", "sidecar"]);
    const owned: unknown = entry(body, "two")["fieldsV1"]["f:spec"]["f:template"]["f:spec"][
      "f:containers"
    ];
    expect(owned).toEqual({ 'k:{"name":"sidecar"}': { ".": {}, "f:image": {}, "f:name": {} } });
    const removed = await apply(path, { ...sidecar, spec: { template: { spec: {} } } }, "two");
    expect(sortedNames(removed.body["spec"].template.spec.containers)).toEqual(["engine"]);
  });

  it("status is owned apart from the object", async () => {
    const one = `${services(namespace)}/halves`;
    await api.post(`${services(namespace)}?fieldManager=maker`, aService("halves"));
    const { body } = await api.patch(`${one}/status?fieldManager=operator`, {
      status: { phase: "Ready" },
    });
    expect(entry(body, "operator")).toMatchObject({ operation: "Update", subresource: "status" });
    expect(entry(body, "maker")["fieldsV1"]["f:status"]).toBeUndefined();
  });

  it("managedFields in the configuration are refused", async () => {
    const path = `${configMaps(namespace)}/managed`;
    const { body } = await api.post(configMaps(namespace), aConfigMap("managed"));
    const managedFields: unknown = body["metadata"].managedFields;
    const config = aConfigMap("managed", { metadata: { managedFields } });
    expect((await apply(path, config, "one")).status).toBe(400);
  });

  it("dryRun answers what would be and stores nothing", async () => {
    const path = `${configMaps(namespace)}/dry`;
    await apply(path, aConfigMap("dry"), "one");
    const { body } = await apply(
      path,
      aConfigMap("dry", { data: { a: "9" } }),
      "one",
      "&dryRun=All",
    );
    expect(body["data"]).toEqual({ a: "9" });
    expect((await api.get(path)).body["data"]).toEqual({ a: "1" });
  });
});

describe("apply with a uid", () => {
  const uid = "00000000-0000-0000-0000-000000000000";

  it("of another object is refused and changes nothing", async () => {
    const one = `${services(namespace)}/renewed`;
    await api.post(services(namespace), aService("renewed"));
    const config = claim("renewed", "models");
    config["metadata"].uid = uid;
    const { status, body } = await apply(one, config, "mooring");
    expect(status).toBe(422);
    expect(body["details"].causes[0]).toMatchObject({
      reason: "FieldValueInvalid",
      field: "metadata.uid",
    });
    expect((await api.get(one)).body["spec"].modelCache).toBeUndefined();
  });

  it("of an object that is gone creates nothing", async () => {
    const one = `${services(namespace)}/vanished`;
    const config = { ...aService("vanished"), metadata: { name: "vanished", uid } };
    const { status, body } = await apply(one, config, "mooring");
    expect(status).toBe(409);
    expect(body["message"]).toContain("uid mismatch");
    expect((await api.get(one)).status).toBe(404);
  });

  it("of the object itself is applied", async () => {
    const { body } = await api.post(services(namespace), aService("known"));
    const config = claim("known", "models");
    config["metadata"].uid = body["metadata"].uid as string;
    const answer = await apply(`${services(namespace)}/known`, config, "mooring");
    expect(answer.body["spec"].modelCache.claimName).toBe("models");
  });
});
