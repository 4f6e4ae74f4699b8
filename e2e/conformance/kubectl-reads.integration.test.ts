import { beforeAll, describe, expect, it } from "vitest";

import {
  aDeployment,
  aService,
  connect,
  deployments,
  items,
  newNamespace,
  services,
  sortedNames,
  type Json,
} from "./api-client";
import { kubectlIn, kubectlMissing, nextLine, type Kubectl } from "./kubectl-client";

const api = connect();
let namespace: string;
let kubectl: Kubectl;

/** What it printed; fails with that when it did not end well. */
async function out(...args: string[]): Promise<string> {
  const { code, text } = await kubectl.run(args);
  expect(code, text).toBe(0);
  return text;
}

const path = (...parts: string[]) => `/api/v1/namespaces/${namespace}/${parts.join("/")}`;

/** A pod whose init container does what LLMKube's download step does. */
function aPod(name: string, source = "size-4000000000") {
  const file = "/models/0123456789abcdef/weights.gguf";
  const env = [
    { name: "MODEL_SOURCE", value: `https://models.test/${source}/weights.gguf` },
    { name: "CACHE_DIR", value: "/models/0123456789abcdef" },
    { name: "MODEL_PATH", value: file },
  ];
  const volumeMounts = [{ name: "models", mountPath: "/models" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      volumes: [{ name: "models", emptyDir: {} }],
      initContainers: [{ name: "model-downloader", image: "curl:8", env, volumeMounts }],
      containers: [{ name: "main", image: "main:1", volumeMounts }],
    },
  };
}

beforeAll(async () => {
  namespace = await newNamespace(api);
  kubectl = kubectlIn(namespace);
  await api.post(services(namespace), aService("chat", { modelCache: { claimName: "models" } }));
  await api.post(path("persistentvolumeclaims"), {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "models" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "no-such-class",
      resources: { requests: { storage: "5Gi" } },
    },
  });
});

const SKIP = kubectlMissing;

describe.skipIf(SKIP)(`kubectl reads (${SKIP ?? "found"})`, () => {
  it("get: a table with the definition's columns, by short name, plural and full name", async () => {
    const table = await out("get", "isvc");
    expect(table.split("\n")[0]).toMatch(/^NAME +PHASE +MODEL +REPLICAS +ENDPOINT +AGE/);
    expect(table).toMatch(/^chat +m +/m);
    for (const name of ["inferenceservices", "inferenceservice.v1alpha1.inference.llmkube.dev"]) {
      expect(await out("get", name, "chat", "--no-headers")).toMatch(/^chat +m /);
    }
  });

  it.each([
    [
      "pvc",
      /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE/,
    ],
    ["nodes", /^NAME +STATUS +ROLES +AGE +VERSION/],
    [
      "storageclass",
      /^NAME +PROVISIONER +RECLAIMPOLICY +VOLUMEBINDINGMODE +ALLOWVOLUMEEXPANSION +AGE/,
    ],
    ["namespaces", /^NAME +STATUS +AGE/],
    ["crd", /^NAME +CREATED AT/],
    ["serviceaccounts", /^NAME +(SECRETS +)?AGE/],
  ])("get %s has the columns of the kind", async (kind, header) => {
    expect((await out("get", kind)).split("\n")[0]).toMatch(header);
  });

  it("get -o wide has more columns", async () => {
    expect((await out("get", "pvc", "-o", "wide")).split("\n")[0]).toMatch(/ VOLUMEMODE$/);
    const nodes = (await out("get", "nodes", "-o", "wide")).split("\n")[0];
    expect(nodes).toMatch(/INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME/);
  });

  it("get -o yaml is the object, without managedFields unless asked for", async () => {
    const yaml = await out("get", "isvc", "chat", "-o", "yaml");
    expect(yaml).toMatch(/^apiVersion: inference\.llmkube\.dev\/v1alpha1$/m);
    expect(yaml).toMatch(/^ {4}claimName: models$/m);
    expect(yaml).not.toContain("managedFields");
    expect(await out("get", "isvc", "chat", "-o", "yaml", "--show-managed-fields")).toContain(
      "f:claimName: {}",
    );
  });

  it("get -o custom-columns, sorted, and by field selector", async () => {
    const columns = "custom-columns=N:.metadata.name,C:.spec.modelCache.claimName";
    const table = await out("get", "isvc", "-o", columns, "--sort-by=.metadata.name");
    expect(table).toMatch(/^N +C\n(?:.*\n)*chat +models$/m);
    const one = await out("get", "isvc", "--field-selector=metadata.name=chat", "-o", "name");
    expect(one).toBe("inferenceservice.inference.llmkube.dev/chat\n");
  });

  it("get of nothing, of an unknown name and of an unknown kind", async () => {
    expect(await out("get", "isvc", "-l", "none=here")).toContain("No resources found");
    const unknown = await kubectl.run(["get", "isvc", "nobody"]);
    expect(unknown.text).toContain('(NotFound): inferenceservices.inference.llmkube.dev "nobody"');
    const kind = await kubectl.run(["get", "gadgets"]);
    expect(kind.text).toContain(`the server doesn't have a resource type "gadgets"`);
  });

  it("get -w prints a row for each change", async () => {
    await api.post(services(namespace), aService("watched"));
    const watch = kubectl.start("get", "isvc", "watched", "-w");
    try {
      await nextLine(watch.lines, /^watched +m /);
      await api.patch(`${services(namespace)}/watched`, { spec: { modelRef: "other" } });
      expect(await nextLine(watch.lines, /^watched/)).toMatch(/^watched +other /);
      const status = { phase: "Ready", readyReplicas: 3 };
      await api.patch(`${services(namespace)}/watched/status`, { status });
      expect(await nextLine(watch.lines, /^watched/)).toMatch(/^watched +Ready +other +3 /);
    } finally {
      watch.stop();
    }
  });

  it("get -w --output-watch-events of a list tells what comes and goes", async () => {
    const watch = kubectl.start("get", "cm", "-l", "seen=yes", "-w", "--output-watch-events");
    const labels = { seen: "yes" };
    try {
      await api.post(path("configmaps"), { metadata: { name: "brief", labels }, data: {} });
      await nextLine(watch.lines, /^ADDED +brief/);
      await api.delete(path("configmaps", "brief"));
      await nextLine(watch.lines, /^DELETED +brief/);
    } finally {
      watch.stop();
    }
  });

  it("describe shows the fields and the events of an object", async () => {
    const { body } = await api.get(`${services(namespace)}/chat`);
    const { name, uid } = body["metadata"] as { name: string; uid: string };
    await api.post(path("events"), {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "chat.1" },
      involvedObject: {
        apiVersion: body["apiVersion"] as string,
        kind: "InferenceService",
        namespace,
        name,
        uid,
      },
      type: "Warning",
      reason: "ModelCachePVCNotFound",
      message: "no such claim",
      source: { component: "tests" },
    });
    const text = await out("describe", "isvc", "chat");
    expect(text).toMatch(/Claim Name: +models/);
    expect(text).toMatch(/Warning +ModelCachePVCNotFound .* no such claim/);
  });

  it("describe knows the parts of claims and nodes", async () => {
    expect(await out("describe", "pvc", "models")).toMatch(/StorageClass: +no-such-class\n/);
    const { body } = await api.get("/api/v1/nodes");
    const [node = ""] = sortedNames(items(body["items"]).map((item) => item["metadata"] as Json));
    const text = await out("describe", "node", node);
    expect(text).toMatch(/^Conditions:$/m);
    expect(text).toMatch(/^Allocatable:$/m);
  });

  it("get quota counts beside what is allowed, and describe knows the parts of quotas and limits", async () => {
    const own = await newNamespace(api); // a quota on limits refuses pods that state none
    const core = (plural: string) => `/api/v1/namespaces/${own}/${plural}`;
    await api.post(core("resourcequotas"), {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "team" },
      spec: { hard: { persistentvolumeclaims: "20", "limits.memory": "2Ti" } },
    });
    await api.post(core("limitranges"), {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "sizes" },
      spec: { limits: [{ type: "PersistentVolumeClaim", max: { storage: "1Ti" } }] },
    });
    const read = async (...args: string[]) => (await kubectlIn(own).run(args)).text;

    const counted = /team +persistentvolumeclaims: 0\/20 +limits\.memory: 0\/2Ti/;
    await expect.poll(() => read("get", "quota"), { timeout: 20_000 }).toMatch(counted);
    expect((await read("get", "quota")).split("\n")[0]).toMatch(/^NAME +REQUEST +LIMIT +AGE/);
    expect(await read("get", "limits")).toMatch(/^NAME +CREATED AT\s+sizes +\d{4}-/);
    expect(await read("describe", "quota", "team")).toMatch(/persistentvolumeclaims +0 +20/);
    expect(await read("describe", "limits", "sizes")).toMatch(
      /PersistentVolumeClaim +storage +- +1Ti/,
    );
  });

  it("events: those about one object, and as they come", async () => {
    const about = await out("events", "--for", "inferenceservice.inference.llmkube.dev/chat");
    expect(about).toMatch(/Warning +ModelCachePVCNotFound +InferenceService\/chat +no such claim/);
    const types = await out("events", "--types=Normal");
    expect(types).not.toContain("ModelCachePVCNotFound");
  });

  it("explain tells a definition's fields", async () => {
    const text = await out("explain", "isvc.spec.modelCache");
    expect(text).toMatch(/KIND: +InferenceService/);
    expect(text).toMatch(/claimName\t<string>/);
  });

  it("api-resources lists the kinds with their short names", async () => {
    const text = await out("api-resources", "--api-group=inference.llmkube.dev");
    expect(text).toMatch(/^inferenceservices +isvc .* true +InferenceService$/m);
    expect(text).toMatch(/^models .* Model$/m);
  });

  it("auth can-i and auth whoami", async () => {
    expect((await out("auth", "can-i", "patch", "isvc")).trim()).toBe("yes");
    expect(await out("auth", "can-i", "--list")).toMatch(/^\*\.\* +\[\] +\[\] +\[\*\]$/m);
    expect(await out("auth", "whoami")).toContain("system:masters");
    const nobody = await kubectl.run(["auth", "can-i", "get", "pods", "--as=nobody"]);
    expect([nobody.code, nobody.text.trim()]).toEqual([1, "no"]);
    const refused = await kubectl.run(["get", "pods", "--as=nobody"]);
    expect(refused.text).toContain('(Forbidden): pods is forbidden: User "nobody" cannot list');
  });

  it("logs -f prints what comes and ends with the container; --tail and -c choose", async () => {
    await api.post(path("pods"), aPod("downloads"));
    const begun = async () => {
      const { body } = await api.get(path("pods", "downloads"));
      const [first] = items(body["status"]?.initContainerStatuses ?? []);
      return Object.keys((first?.["state"] ?? {}) as Json)[0];
    };
    await expect
      .poll(begun, { timeout: 20_000, interval: 20, message: "the download to begin" })
      .toMatch(/running|terminated/);
    const text = await out("logs", "-f", "downloads", "-c", "model-downloader");
    expect(text.split("\n")[0]).toBe("Downloading model from source...");
    expect(text.trim().split("\n").at(-1)).toBe("Model downloaded successfully");
    const last = await out("logs", "downloads", "-c", "model-downloader");
    expect(last).toBe(text);
    const wrong = await kubectl.run(["logs", "downloads", "-c", "other"]);
    expect(wrong.text).toContain("container other is not valid for pod downloads");
  });

  it("logs --previous prints the run before, and says so where there is none", async () => {
    const none = await kubectl.run(["logs", "--previous", "downloads", "-c", "model-downloader"]);
    expect(none.code).toBe(1);
    expect(none.text).toContain(
      'previous terminated container "model-downloader" in pod "downloads" not found',
    );
    await api.post(path("pods"), aPod("crashes", "fail-404"));
    const restarts = async () => {
      const { body } = await api.get(path("pods", "crashes"));
      const [first] = items(body["status"]?.initContainerStatuses ?? []);
      return Number(first?.["restartCount"] ?? 0);
    };
    await expect
      .poll(restarts, {
        timeout: 20_000,
        interval: 50,
        message: "the container to be started again",
      })
      .toBeGreaterThan(0);
    const text = await out("logs", "--previous", "crashes", "-c", "model-downloader");
    expect(text).toBe(
      "Downloading model from source...\ncurl: (22) The requested URL returned error: 404\n",
    );
    const followed = await out("logs", "-f", "-p", "crashes", "-c", "model-downloader");
    expect(followed).toBe(text);
    const last = await out("logs", "-p", "--tail=1", "crashes", "-c", "model-downloader");
    expect(last).toMatch(/error: 404\n$/);
  });

  it("wait: for a condition, a field, and deletion", async () => {
    await out("wait", "pod/downloads", "--for=condition=Ready", "--timeout=30s");
    await out("wait", "pod/downloads", "--for=jsonpath={.status.phase}=Running", "--timeout=30s");
    const never = ["wait", "pod/downloads", "--for=condition=Unheard", "--timeout=1s"];
    const { code, text } = await kubectl.run(never);
    expect(code).toBe(1);
    expect(text).toContain("timed out waiting for the condition on pods/downloads");
    const waiting = kubectl.run(["wait", "pod/downloads", "--for=delete", "--timeout=30s"]);
    await out("delete", "pod", "downloads", "--wait=false");
    expect((await waiting).code).toBe(0);
  });

  it("a deployment: rollout status, scale, restart, history, undo, and its pods", async () => {
    await api.post(deployments(namespace), aDeployment("web"));
    expect(await out("scale", "deployment", "web", "--replicas=2")).toContain("scaled");
    await out("wait", "deployment/web", "--for=condition=Available", "--timeout=30s");
    expect(await out("rollout", "status", "deployment/web", "--timeout=30s")).toContain(
      'deployment "web" successfully rolled out',
    );
    expect(await out("get", "deployment", "web")).toMatch(/^web +2\/2 +2 +2 /m);
    expect(await out("get", "rs", "-l", "app=web")).toMatch(/^web-\S+ +2 +2 +2 /m);
    expect(await out("get", "pods", "-l", "app=web")).toMatch(/^web-\S+ +1\/1 +Running +0 /m);
    await out("rollout", "restart", "deployment/web");
    await out("rollout", "status", "deployment/web", "--timeout=30s");
    expect(await out("rollout", "history", "deployment/web")).toMatch(/^1 .*\n2 /m);
    await out("rollout", "undo", "deployment/web");
    await out("rollout", "status", "deployment/web", "--timeout=30s");
    expect(await out("describe", "deployment", "web")).toMatch(/Replicas: +2 desired/);
    expect(await out("describe", "pods", "-l", "app=web")).toMatch(/Status: +Running/);
  });

  it("diff --server-side shows what an apply would change", async () => {
    const changed = aService("chat", { modelCache: { claimName: "other" } });
    const { code, text } = await kubectl.run(
      ["diff", "--server-side", "--force-conflicts", "-f", "-"],
      changed,
    );
    expect(code).toBe(1);
    expect(text).toMatch(/^-.*claimName: models$/m);
    expect(text).toMatch(/^\+.*claimName: other$/m);
  });
});
