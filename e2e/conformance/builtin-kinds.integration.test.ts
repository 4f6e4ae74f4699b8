import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aDeployment,
  configMaps,
  connect,
  deployments,
  items,
  newNamespace,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;
let core: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  core = `/api/v1/namespaces/${namespace}`;
});

const fields = (body: Json) => items(body["details"].causes).map(({ field }) => field as string);

describe("metadata", () => {
  const post = (metadata: Json) => api.post(configMaps(namespace), aConfigMap("m", { metadata }));

  it.each<[string, Json, string]>([
    ["a label key with two slashes", { labels: { "a/b/c": "x" } }, "metadata.labels"],
    ["a label value that is too long", { labels: { a: "x".repeat(64) } }, "metadata.labels"],
    ["an annotation key that is no name", { annotations: { "a b": "x" } }, "metadata.annotations"],
    ["a finalizer without a domain", { finalizers: ["hold"] }, "metadata.finalizers"],
    [
      "an owner without a uid",
      { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "" }] },
      "metadata.ownerReferences.uid",
    ],
  ])("%s is refused", async (_title, metadata, field) => {
    const { status, body } = await post(metadata);
    expect(status).toBe(422);
    expect(fields(body).join()).toContain(field);
  });

  it("annotations together may hold 256 KiB", async () => {
    const { status, body } = await post({ annotations: { a: "x".repeat(262_145) } });
    expect(status).toBe(422);
    expect(body["message"]).toContain("may not be more than 262144 bytes");
  });

  it("a name of 254 characters is too long", async () => {
    const { status } = await api.post(configMaps(namespace), aConfigMap("x".repeat(254)));
    expect(status).toBe(422);
  });

  it("neither name nor generateName is Invalid", async () => {
    const { status, body } = await api.post(configMaps(namespace), { data: {} });
    expect(status).toBe(422);
    expect(body["message"]).toContain("name or generateName is required");
  });
});

describe("ConfigMaps and Secrets", () => {
  it("a key that is no file name is refused", async () => {
    const object = aConfigMap("key", { data: { "a/b": "1" } });
    const { status, body } = await api.post(configMaps(namespace), object);
    expect(status).toBe(422);
    expect(fields(body)).toContain("data[a/b]");
  });

  it("more than a megabyte is refused", async () => {
    const object = aConfigMap("large", { data: { a: "x".repeat(1_048_577) } });
    expect((await api.post(configMaps(namespace), object)).status).toBe(422);
  });

  it("an immutable one keeps its data, and stays immutable", async () => {
    await api.post(configMaps(namespace), { ...aConfigMap("fixed"), immutable: true });
    const one = `${configMaps(namespace)}/fixed`;
    expect((await api.patch(one, { data: { a: "2" } })).status).toBe(422);
    expect((await api.patch(one, { immutable: false })).status).toBe(422);
    expect((await api.patch(one, { metadata: { labels: { a: "b" } } })).status).toBe(200);
  });

  it("stringData becomes data, type is Opaque unless said otherwise and cannot change", async () => {
    const made = { metadata: { name: "secret" }, stringData: { HF_TOKEN: "x" } };
    const { body } = await api.post(`${core}/secrets`, made);
    expect(body).toMatchObject({ type: "Opaque", data: { HF_TOKEN: "eA==" } });
    expect(body["stringData"]).toBeUndefined();
    expect((await api.patch(`${core}/secrets/secret`, { type: "example.com/other" })).status).toBe(
      422,
    );
  });

  it("data that is not base64 is a bad request", async () => {
    const made = { metadata: { name: "broken" }, data: { a: "!!" } };
    expect((await api.post(`${core}/secrets`, made)).status).toBe(400);
  });
});

describe("claims", () => {
  const aClaim = (name: string, spec: Json = {}): Json => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "no-such-class",
      resources: { requests: { storage: "5Gi" } },
      ...spec,
    },
  });
  const claims = () => `${core}/persistentvolumeclaims`;

  it("starts Pending, protected, with a file system", async () => {
    const { body } = await api.post(claims(), aClaim("fresh"));
    expect(body).toMatchObject({
      spec: { volumeMode: "Filesystem" },
      status: { phase: "Pending" },
    });
    expect(body["metadata"].finalizers).toEqual(["kubernetes.io/pvc-protection"]);
  });

  it.each<[string, Json, string]>([
    ["no access mode", { accessModes: [] }, "spec.accessModes"],
    ["an unknown access mode", { accessModes: ["ReadOften"] }, "spec.accessModes"],
    ["no size", { resources: {} }, "spec.resources[storage]"],
    ["a size of nothing", { resources: { requests: { storage: "0" } } }, "spec.resources[storage]"],
  ])("%s is refused", async (_title, spec, field) => {
    const { status, body } = await api.post(claims(), aClaim("wrong", spec));
    expect(status).toBe(422);
    expect(fields(body)).toContain(field);
  });

  it("a size that is no quantity is a bad request", async () => {
    const spec = { resources: { requests: { storage: "lots" } } };
    expect((await api.post(claims(), aClaim("lots", spec))).status).toBe(400);
  });

  it("an unbound claim cannot be changed: class, mode, size", async () => {
    await api.post(claims(), aClaim("unbound"));
    for (const spec of [
      { storageClassName: "other" },
      { accessModes: ["ReadWriteMany"] },
      { resources: { requests: { storage: "6Gi" } } },
    ]) {
      const { status, body } = await api.patch(`${claims()}/unbound`, { spec });
      expect(status).toBe(422);
      expect(body["message"]).toContain("spec is immutable after creation");
    }
  });
});

describe("workloads", () => {
  it.each<[string, (made: Json) => void, string]>([
    [
      "a selector that does not match the template",
      (made) => (made["spec"].selector.matchLabels = { app: "other" }),
      "spec.template.metadata.labels",
    ],
    [
      "a container without an image",
      (made) => delete items(made["spec"].template.spec.containers)[0]?.["image"],
      "spec.template.spec.containers[0].image",
    ],
    [
      "a mount of no volume",
      (made) => {
        const mounts = [{ name: "nothing", mountPath: "/x" }];
        Object.assign(items(made["spec"].template.spec.containers)[0] ?? {}, {
          volumeMounts: mounts,
        });
      },
      "spec.template.spec.containers[0].volumeMounts[0].name",
    ],
    [
      "two containers of one name",
      (made) => {
        const list = items(made["spec"].template.spec.containers);
        list.push({ ...list[0] });
      },
      "spec.template.spec.containers[1].name",
    ],
    ["fewer than no replicas", (made) => (made["spec"].replicas = -1), "spec.replicas"],
  ])("%s is refused", async (_title, spoil, field) => {
    const made = aDeployment("spoiled");
    spoil(made);
    const { status, body } = await api.post(deployments(namespace), made);
    expect(status).toBe(422);
    expect(fields(body)).toContain(field);
  });

  it("the selector cannot be changed", async () => {
    await api.post(deployments(namespace), aDeployment("selected"));
    const patch = { spec: { selector: { matchLabels: { app: "x" } } } };
    expect((await api.patch(`${deployments(namespace)}/selected`, patch)).status).toBe(422);
  });

  it("a pod's image may be changed, where it may run may not", async () => {
    const spec = {
      containers: [{ name: "main", image: "main:1" }],
      nodeSelector: { none: "here" },
    };
    await api.post(`${core}/pods`, { metadata: { name: "pod" }, spec });
    const one = `${core}/pods/pod`;
    const image = { spec: { containers: [{ name: "main", image: "main:2" }] } };
    expect((await api.patch(one, image, "application/strategic-merge-patch+json")).status).toBe(
      200,
    );
    const { status, body } = await api.patch(one, { spec: { nodeSelector: { other: "x" } } });
    expect(status).toBe(422);
    expect(body["message"]).toContain("pod updates may not change fields other than");
  });

  it("a Job's template cannot be changed", async () => {
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const template = {
      spec: { restartPolicy: "Never", containers: [{ name: "scan", image: "scan:1" }] },
    };
    const made = await api.post(jobs, {
      metadata: { name: "job" },
      spec: { suspend: true, template },
    });
    expect(made.status).toBe(201);
    const containers = [{ name: "scan", image: "scan:2" }];
    const patch = { spec: { template: { spec: { containers } } } };
    expect((await api.patch(`${jobs}/job`, patch)).status).toBe(422);
  });
});

describe("requests", () => {
  it("a path that names nothing is NotFound", async () => {
    expect((await api.get("/apis/nothing.example.com/v1/things")).status).toBe(404);
  });

  it("a body that is no JSON is a bad request", async () => {
    const options = { body: "not an object" };
    expect((await api.call("POST", configMaps(namespace), options)).status).toBe(400);
  });

  it("a kind that is not the URL's is a bad request", async () => {
    const object = { ...aConfigMap("kind"), kind: "Secret" };
    expect((await api.post(configMaps(namespace), object)).status).toBe(400);
  });

  it("a verb the resource does not have is MethodNotAllowed", async () => {
    const { status, body } = await api.call("PUT", configMaps(namespace), {
      body: aConfigMap("x"),
    });
    expect(status).toBe(405);
    expect(body["reason"]).toBe("MethodNotAllowed");
  });

  it("an answer nobody can give is NotAcceptable", async () => {
    expect((await api.get(configMaps(namespace), "text/html")).status).toBe(406);
  });

  it("/version and /healthz answer", async () => {
    expect((await api.get("/version")).body["major"]).toBe("1");
    expect((await api.get("/healthz")).body["text"]).toBe("ok");
  });
});
