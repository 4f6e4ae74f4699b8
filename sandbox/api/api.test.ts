import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApi, type Api } from "./create-api";
import type { SandboxClient } from "./client";
import { createClient } from "./in-process-client";
import type { KubeObject, NewObject } from "./objects";
import { StatusError } from "./status-error";

let api: Api;
let client: SandboxClient;
let clock: number;

beforeEach(() => {
  clock = Date.parse("2026-01-01T00:00:00Z");
  api = createApi({
    log: (line) => expect.fail(line),
    now: () => new Date(clock),
  });
  client = createClient(api);
});
afterEach(() => api.stop());

function aClaim(metadata: NewObject["metadata"] = {}): NewObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "models", namespace: "default", ...metadata },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
  };
}

function aDeployment(image = "engine:1"): NewObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "llama", namespace: "default" },
    spec: {
      selector: { matchLabels: { app: "llama" } },
      template: {
        metadata: { labels: { app: "llama" } },
        spec: { containers: [{ name: "engine", image, ports: [{ containerPort: 8080 }] }] },
      },
    },
  };
}

function statusOf(action: () => unknown): StatusError["status"] {
  try {
    action();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return expect.fail("the call was accepted");
}

function copy(object: KubeObject): KubeObject {
  return structuredClone(object);
}

const owners = (object: KubeObject | undefined) =>
  object?.metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => ({
    manager,
    operation,
    fieldsV1,
  }));

describe("writes", () => {
  it("a new object gets identity, defaults and a first status", () => {
    const claim = client.create("persistentvolumeclaims", aClaim());
    expect(claim.metadata).toMatchObject({
      creationTimestamp: "2026-01-01T00:00:00Z",
      finalizers: ["kubernetes.io/pvc-protection"],
    });
    expect(claim.spec).toMatchObject({ volumeMode: "Filesystem" });
    expect(claim.status).toEqual({ phase: "Pending" });
  });

  it("generateName ends in a suffix", () => {
    const metadata = {
      name: undefined,
      generateName: "models-",
    } as unknown as NewObject["metadata"];
    const claim = client.create("persistentvolumeclaims", aClaim(metadata));
    expect(claim.metadata.name).toMatch(/^models-[a-z0-9]{5}$/);
  });

  it("a write that changes nothing keeps the resourceVersion", () => {
    const claim = client.create("persistentvolumeclaims", aClaim());
    expect(client.update("persistentvolumeclaims", copy(claim))).toBe(claim);
  });

  it("a stale resourceVersion is a Conflict", () => {
    const claim = client.create("persistentvolumeclaims", aClaim());
    const labelled = copy(claim);
    labelled.metadata.labels = { a: "b" };
    client.update("persistentvolumeclaims", labelled);
    const status = statusOf(() => client.update("persistentvolumeclaims", copy(claim)));
    expect(status).toMatchObject({ code: 409, reason: "Conflict" });
    expect(status.message).toBe(
      'Operation cannot be fulfilled on persistentvolumeclaims "models": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it("generation counts changes of the spec only, and status writes leave the spec alone", () => {
    const made = client.create("deployments.apps", aDeployment());
    const labelled = copy(made);
    labelled.metadata.labels = { a: "b" };
    expect(client.update("deployments.apps", labelled).metadata.generation).toBe(1);
    const scaled = copy(client.get("deployments.apps", "default", "llama")!);
    scaled.spec.replicas = 3;
    scaled.status = { replicas: 9 };
    const stored = client.update("deployments.apps", scaled);
    expect(stored.metadata.generation).toBe(2);
    expect(stored.status).toEqual({});
    const reported = copy(stored);
    reported.spec.replicas = 7;
    reported.status = { replicas: 3 };
    const after = client.updateStatus("deployments.apps", reported);
    expect(after.spec.replicas).toBe(3);
    expect(after.status).toEqual({ replicas: 3 });
    expect(after.metadata.generation).toBe(2);
  });

  it("names and labels are checked, each fault a cause", () => {
    const status = statusOf(() =>
      client.create(
        "persistentvolumeclaims",
        aClaim({ name: "Not_A_Name", labels: { app: "a b" } }),
      ),
    );
    expect(status).toMatchObject({ code: 422, reason: "Invalid" });
    expect(status.details?.causes?.map(({ field }) => field)).toEqual([
      "metadata.name",
      "metadata.labels",
    ]);
  });

  it("a missing namespace is NotFound", () => {
    const status = statusOf(() =>
      client.create("persistentvolumeclaims", aClaim({ namespace: "nowhere" })),
    );
    expect(status.message).toBe('namespaces "nowhere" not found');
  });
});

describe("deletion", () => {
  it("a finalizer holds an object until it is taken away", () => {
    client.create("configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kept", namespace: "default", finalizers: ["example.com/hold"] },
    });
    client.delete("configmaps", "default", "kept");
    const held = copy(client.get("configmaps", "default", "kept")!);
    expect(held.metadata.deletionTimestamp).toBe("2026-01-01T00:00:00Z");
    held.metadata.finalizers = [];
    client.update("configmaps", held);
    expect(client.get("configmaps", "default", "kept")).toBeUndefined();
  });

  it("a claim goes only when no pod uses it", () => {
    client.create("persistentvolumeclaims", aClaim());
    client.create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "user", namespace: "default" },
      spec: {
        containers: [{ name: "c", image: "i:1" }],
        volumes: [{ name: "v", persistentVolumeClaim: { claimName: "models" } }],
      },
    });
    client.delete("persistentvolumeclaims", "default", "models");
    expect(client.get("persistentvolumeclaims", "default", "models")).toBeDefined();
    client.delete("pods", "default", "user");
    expect(client.get("persistentvolumeclaims", "default", "models")).toBeUndefined();
  });

  it("what only a gone object owns is collected", async () => {
    const owner = client.create("deployments.apps", aDeployment());
    client.create("configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "owned",
        namespace: "default",
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "Deployment", name: "llama", uid: owner.metadata.uid },
        ],
      },
    });
    client.delete("deployments.apps", "default", "llama");
    await expect.poll(() => client.get("configmaps", "default", "owned")).toBeUndefined();
  });
});

describe("field ownership", () => {
  it("a creation owns what it set, per leaf, list items by their keys", () => {
    const made = client.create("deployments.apps", aDeployment(), { manager: "maker" });
    const fields = owners(made)?.[0];
    expect(fields).toMatchObject({ manager: "maker", operation: "Update" });
    const containers = (
      fields?.fieldsV1 as unknown as Record<string, Record<string, Record<string, unknown>>>
    )["f:spec"]?.["f:template"]?.["f:spec"];
    expect(containers).toMatchObject({
      "f:containers": {
        'k:{"name":"engine"}': {
          ".": {},
          "f:image": {},
          "f:ports": { 'k:{"containerPort":8080,"protocol":"TCP"}': { "f:containerPort": {} } },
        },
      },
    });
  });

  it("apply of a foreign field is refused with its owner and taken with force", () => {
    client.create("deployments.apps", aDeployment("engine:1"), { manager: "kubectl-edit" });
    const mine = aDeployment("engine:2");
    const status = statusOf(() => client.apply("deployments.apps", mine, { manager: "mooring" }));
    expect(status.details?.causes).toEqual([
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "kubectl-edit" using apps/v1',
        field: '.spec.template.spec.containers[name="engine"].image',
      },
    ]);
    expect(status.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.template.spec.containers[name="engine"].image',
    );
    const taken = client.apply("deployments.apps", mine, { manager: "mooring", force: true });
    expect(taken.spec.template.spec.containers[0].image).toBe("engine:2");
    const text = JSON.stringify(
      owners(taken)?.find(({ manager }) => manager === "kubectl-edit")?.fieldsV1,
    );
    expect(text).not.toContain('f:image"');
  });

  it("what a manager no longer applies goes, unless another owns it", () => {
    const config = (data?: Record<string, string>): NewObject => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings", namespace: "default" },
      ...(data ? { data } : {}),
    });
    client.apply("configmaps", config({ mine: "1", shared: "1" }), { manager: "one" });
    client.apply("configmaps", config({ shared: "1" }), { manager: "two" });
    const after = client.apply("configmaps", config(), { manager: "one" });
    expect(after["data"]).toEqual({ shared: "1" });
    expect(owners(after)).toEqual([
      { manager: "two", operation: "Apply", fieldsV1: { "f:data": { "f:shared": {} } } },
    ]);
  });

  it("applying the same again changes nothing", () => {
    const first = client.apply("deployments.apps", aDeployment(), { manager: "m" });
    clock += 60_000;
    expect(client.apply("deployments.apps", aDeployment(), { manager: "m" })).toBe(first);
  });

  it("apply with a uid is refused for another object and for none", () => {
    const withUid = aDeployment();
    withUid.metadata.uid = "00000000-0000-0000-0000-000000000000";
    expect(
      statusOf(() => client.apply("deployments.apps", withUid, { manager: "m" })),
    ).toMatchObject({ code: 409, reason: "Conflict" });
    client.create("deployments.apps", aDeployment());
    const status = statusOf(() =>
      client.apply("deployments.apps", withUid, { manager: "sandbox" }),
    );
    expect(status.details?.causes?.[0]?.field).toBe("metadata.uid");
  });
});

describe("watch", () => {
  it("starts with what is there and tells each commit at once", () => {
    client.create("persistentvolumeclaims", aClaim());
    const seen: string[] = [];
    const stop = client.watch("persistentvolumeclaims", ({ type, object }) =>
      seen.push(`${type} ${object.metadata.name}`),
    );
    client.create("persistentvolumeclaims", aClaim({ name: "second" }));
    client.delete("persistentvolumeclaims", "default", "models");
    stop();
    client.create("persistentvolumeclaims", aClaim({ name: "third" }));
    expect(seen).toEqual(["ADDED models", "ADDED second", "MODIFIED models", "DELETED models"]);
  });

  it("serves events.k8s.io events as core events and the reverse", () => {
    client.create("events.events.k8s.io", {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: "e", namespace: "default" },
      note: "hello",
      reason: "Greeting",
      regarding: { kind: "Pod", name: "p", namespace: "default" },
      eventTime: "2026-01-01T00:00:00.000000Z",
      reportingController: "tests",
      type: "Normal",
    });
    const core = client.get("events", "default", "e");
    expect(core).toMatchObject({
      apiVersion: "v1",
      message: "hello",
      involvedObject: { name: "p" },
      reportingComponent: "tests",
    });
  });
});
