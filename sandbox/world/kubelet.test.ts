import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  aServingTemplate,
  createClaim,
  createDeployment,
  createTestWorld,
  furnish,
  type TestWorld,
} from "../testing/test-world";
import { FILES_ANNOTATION } from "./disks";
import { isReady, type Pod } from "./objects";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  furnish(world);
  createClaim(world, "models", {
    storageClassName: "files",
    size: "2Gi",
    accessMode: "ReadWriteMany",
  });
  world.advance(3);
});
afterEach(() => world.stop());

const GIGABYTE = 1_000_000_000;
const source = (...markers: string[]) =>
  `https://models.test/${["rate-100000000", ...markers].join("/")}/weights.gguf`;

function thePod(): Pod {
  const [pod, ...others] = world.list("pods");
  if (pod === undefined || others.length > 0) throw new Error("one pod was expected");
  return pod;
}
const downloader = () => thePod().status?.initContainerStatuses?.[1];
const condition = (type: string) =>
  thePod().status?.conditions?.find((candidate) => candidate.type === type);
const filesOfClaim = (): unknown => {
  const { volumeName = "" } = world.get("persistentvolumeclaims", "models").spec;
  const { annotations } = world.get("persistentvolumes", volumeName).metadata;
  return JSON.parse(annotations?.[FILES_ANNOTATION] ?? "{}");
};

describe("a download", () => {
  it("tells its progress about every two seconds, renames the file, and the server becomes ready", () => {
    createDeployment(world, aServingTemplate("models", source(`size-${GIGABYTE}`)));
    world.advance(7);
    expect(thePod().status?.phase).toBe("Pending");
    expect(downloader()?.state?.running).toBeDefined();
    expect(condition("Initialized")).toMatchObject({
      status: "False",
      reason: "ContainersNotInitialized",
      message: "containers with incomplete status: [model-downloader]",
    });
    expect(thePod().status?.containerStatuses?.[0]?.state).toEqual({
      waiting: { reason: "PodInitializing" },
    });
    const progress = world.log(thePod().metadata.name, "model-downloader").slice(1);
    expect(progress[0]).toBe(`progress file=chat.gguf received=0 total=${GIGABYTE} rate=0`);
    expect(progress).toHaveLength(3);
    expect(filesOfClaim()).toEqual({});

    world.advance(12);
    expect(world.log(thePod().metadata.name, "model-downloader").slice(-2)).toEqual([
      expect.stringContaining(`received=${GIGABYTE} total=${GIGABYTE}`),
      "Model downloaded successfully",
    ]);
    expect(filesOfClaim()).toEqual({ "0123456789abcdef/chat.gguf": GIGABYTE });
    expect(isReady(thePod())).toBe(true);
    expect(downloader()).toMatchObject({ ready: true, state: { terminated: { exitCode: 0 } } });
    expect(thePod().status?.phase).toBe("Running");
  });

  it("is skipped by the next pod of the same claim", () => {
    createDeployment(world, aServingTemplate("models", source(`size-${GIGABYTE}`)));
    world.advance(30);
    world.client.delete("pods", "team", thePod().metadata.name);
    world.advance(10);
    expect(world.log(thePod().metadata.name, "model-downloader")).toEqual([
      "Model already cached, skipping download",
    ]);
    expect(isReady(thePod())).toBe(true);
  });

  it("that outgrows the claim fails with curl's words, backs off, and succeeds once there is room", () => {
    createDeployment(world, aServingTemplate("models", source(`size-${3 * GIGABYTE}`)));
    world.advance(24);
    const full = "curl: (23) Failure writing output to destination: No space left on device";
    expect(downloader()).toMatchObject({
      ready: false,
      restartCount: 1,
      lastState: { terminated: { exitCode: 23, reason: "Error", message: `${full}\n` } },
    });
    world.advance(30);
    expect(downloader()?.state?.waiting).toMatchObject({ reason: "CrashLoopBackOff" });
    expect(downloader()?.state?.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=model-downloader pod=chat-/,
    );
    const { volumeName = "" } = world.get("persistentvolumeclaims", "models").spec;
    const volume = world.get("persistentvolumes", volumeName);
    world.client.update("persistentvolumes", {
      ...volume,
      spec: { ...volume.spec, capacity: { storage: "10Gi" } },
    });
    world.advance(60);
    expect(isReady(thePod())).toBe(true);
  });

  it.each([
    ["fail-404", 22, "curl: (22) The requested URL returned error: 404"],
    ["fail-401", 22, "curl: (22) The requested URL returned error: 401"],
    ["fail-tls", 60, "curl: (60) SSL certificate problem: unable to get local issuer certificate"],
    ["fail-dns", 6, "curl: (6) Could not resolve host: models.test"],
    [
      "fail-refused",
      7,
      "curl: (7) Failed to connect to models.test port 443 after 3 ms: Could not connect to server",
    ],
  ])("from a source that %s ends with exit code %i", (marker, exitCode, line) => {
    createDeployment(world, aServingTemplate("models", source(marker)));
    world.advance(5);
    expect(world.log(thePod().metadata.name, "model-downloader").at(-1)).toBe(line);
    const { lastState, state } = downloader() ?? {};
    const ended = state?.terminated ?? lastState?.terminated;
    expect(ended).toMatchObject({ exitCode, message: `${line}\n` });
  });

  it("of several files keeps their paths and names the one that fails", () => {
    const template = aServingTemplate("models");
    const fetch = template.spec.initContainers[1];
    if (fetch === undefined) throw new Error("the template has a downloader");
    fetch.env = [
      { name: "MODEL_SOURCE", value: "https://models.test/size-1000000/rate-100000000/" },
      { name: "CACHE_DIR", value: "/models/0123456789abcdef" },
      { name: "MODEL_FILES", value: "a/one.gguf\nfail-404/two.gguf" },
    ];
    createDeployment(world, template);
    world.advance(5);
    expect(filesOfClaim()).toMatchObject({ "0123456789abcdef/a/one.gguf": 1_000_000 });
    expect(world.log(thePod().metadata.name, "model-downloader").slice(-2)).toEqual([
      "curl: (22) The requested URL returned error: 404",
      "ERROR: failed to download fail-404/two.gguf",
    ]);
  });
});

describe("a pod", () => {
  it("whose server loads for long fails its startup probe until then", () => {
    createClaim(world, "large", {
      storageClassName: "files",
      size: "100Gi",
      accessMode: "ReadWriteMany",
    });
    const template = aServingTemplate(
      "large",
      "https://m.test/size-88000000000/rate-88000000000/x",
    );
    const [server] = template.spec.containers;
    createDeployment(world, {
      ...template,
      spec: {
        ...template.spec,
        containers: [{ ...server, startupProbe: { periodSeconds: 10 } }] as never,
      },
    });
    world.advance(20);
    expect(isReady(thePod())).toBe(false);
    const events = world.client.list("events") as unknown as { reason: string; count: number }[];
    expect(events.find(({ reason }) => reason === "Unhealthy")?.count).toBe(1);
    world.advance(20);
    expect(isReady(thePod())).toBe(true);
  });

  it("whose server does not find its model crashes", () => {
    const template = aServingTemplate("models");
    createDeployment(world, {
      ...template,
      spec: { ...template.spec, initContainers: [] },
    });
    world.advance(20);
    expect(thePod().status?.containerStatuses?.[0]).toMatchObject({
      ready: false,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1 } },
    });
  });

  it("that fills its emptyDir beyond the limit is evicted", () => {
    const template = aServingTemplate("models", source(`size-${GIGABYTE}`));
    const volumes = [{ name: "model-cache", emptyDir: { sizeLimit: "500M" } }];
    createDeployment(world, {
      ...template,
      spec: { ...template.spec, volumes: volumes as never },
    });
    world.advance(8);
    world.advance(120);
    expect(world.list("pods").length).toBeLessThanOrEqual(6);
    const evicted = world.list("pods").find((pod) => pod.status?.reason === "Evicted");
    expect(evicted?.status).toMatchObject({
      phase: "Failed",
      message: 'Usage of EmptyDir volume "model-cache" exceeds the limit "500M". ',
    });
  });

  it("waits for a block volume that another node holds, and gets it when that pod is gone", () => {
    createClaim(world, "disk", { storageClassName: "block" });
    world.advance(3);
    const pinned = (name: string, node: string) =>
      world.client.create("pods", {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "team" },
        spec: {
          nodeSelector: { "kubernetes.io/hostname": node },
          containers: [{ name: "main", image: "x" }],
          volumes: [{ name: "disk", persistentVolumeClaim: { claimName: "disk" } }],
        },
      });
    pinned("first", "node-1");
    world.advance(3);
    pinned("second", "node-2");
    world.advance(5);
    expect(isReady(world.get("pods", "second"))).toBe(false);
    const { volumeName = "" } = world.get("persistentvolumeclaims", "disk").spec;
    expect(world.eventsAbout("second")).toContain(
      `FailedAttachVolume: Multi-Attach error for volume "${volumeName}" Volume is already used by pod(s) first`,
    );
    world.client.delete("pods", "team", "first");
    world.advance(5);
    expect(isReady(world.get("pods", "second"))).toBe(true);
  });

  it("on a node that is lost stops being ready, and is again when the node is back", () => {
    createDeployment(world, aServingTemplate("models", source("size-1000")));
    world.advance(20);
    const setReady = (status: string) => {
      const node = world.get("nodes", thePod().spec.nodeName ?? "");
      const conditions = (node.status?.conditions ?? []).map((entry) =>
        entry.type === "Ready" ? { ...entry, status } : entry,
      );
      world.client.updateStatus("nodes", { ...node, status: { ...node.status, conditions } });
    };
    setReady("Unknown");
    world.advance(2);
    expect(isReady(thePod())).toBe(false);
    const lost = world.get("nodes", thePod().spec.nodeName ?? "");
    expect(lost.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      "node.kubernetes.io/unreachable:NoSchedule",
      "node.kubernetes.io/unreachable:NoExecute",
    ]);
    setReady("True");
    world.advance(2);
    expect(isReady(thePod())).toBe(true);
  });
});
