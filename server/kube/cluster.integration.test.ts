import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { createObjectIndex, type ObjectIndex } from "@/server/cluster/object-index";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import { createFakeClock } from "@/server/testing/fake-clock";
import {
  claimManifest,
  connectTestCluster,
  serviceManifest,
  type TestCluster,
} from "@/server/testing/test-cluster";
import { createAccessReviewer } from "./access-reviewer";
import { readClusterId, readVersion } from "./cluster-info";
import { createLogReader } from "./log-reader";
import { type Reflectors, startReflectors } from "./start-reflectors";

let cluster: TestCluster;
let index: ObjectIndex;
let reflectors: Reflectors;
const errors: unknown[] = [];

beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
  index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  reflectors = startReflectors({
    http: cluster.http,
    sink: index,
    namespaces: null,
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await reflectors.stop();
  await cluster.stop();
});

const eventually = (what: string, probe: () => unknown) =>
  expect.poll(probe, { message: what, timeout: 15_000, interval: 20 });

describe("a whole cluster", () => {
  it("is seen in every kind", async () => {
    await eventually("every kind is listed", () => reflectors.synced()).toBe(true);
    await eventually("every watch is open", () => reflectors.connected()).toBe(true);

    expect(reflectors.kinds().map(({ plural, visible }) => [plural, visible])).toEqual(
      reflectors.kinds().map(({ plural }) => [plural, true]),
    );
    expect(errors).toEqual([]);
    expect(index.get("namespaces", cluster.namespace)).not.toBeNull();
    expect(index.list("nodes").length).toBeGreaterThan(0);
  });

  it("joins what is created", async () => {
    const { namespace, store } = cluster;
    await store.create("persistentvolumeclaims", claimManifest(namespace, "weights"));
    await store.create(
      "inferenceservices",
      serviceManifest(namespace, "llama", { modelCache: { claimName: "weights" } }),
    );

    await eventually("the service uses the claim", () =>
      index.usesOf(`${namespace}/weights`).map(({ how }) => how),
    ).toContain("declared");
  });

  it("says who it is", async () => {
    expect(await readClusterId(cluster.http)).toMatch(/^[0-9a-f-]{36}$/);
    expect(await readVersion(cluster.http)).toMatch(/^v1\.\d+/);
  });

  it("says what we and others may do", async () => {
    const reviewer = createAccessReviewer({
      http: cluster.http,
      clock: createFakeClock(),
      localUser: "local",
    });
    const action = {
      verb: "patch",
      group: "inference.llmkube.dev",
      resource: "inferenceservices",
      namespace: cluster.namespace,
    };
    expect(await reviewer.can({ name: "local", groups: [] }, action)).toBe(true);
    expect(await reviewer.can({ name: "nobody", groups: [] }, action)).toBe(false);
  });

  it("has no log of a pod that is not there", async () => {
    const logs = createLogReader(cluster.http);
    const target = { namespace: cluster.namespace, pod: "none", container: "c" };
    await expect(logs.read(target)).rejects.toMatchObject({ reason: "NotFound" });
  });
});
