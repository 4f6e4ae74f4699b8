import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  aServingTemplate,
  createClaim,
  createDeployment,
  createTestWorld,
  furnish,
  type TestWorld,
} from "../testing/test-world";
import { isReady } from "./objects";
import { rolloutBounds } from "./rollout";
import type { Deployment } from "./objects";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  furnish(world);
  for (const name of ["before", "after"]) {
    createClaim(world, name, { storageClassName: "files", accessMode: "ReadWriteMany" });
  }
  world.advance(3);
});
afterEach(() => world.stop());

const small = "https://models.test/rate-100000000/size-1000/weights.gguf";
const deployment = () => world.get("deployments.apps", "chat");
const readyPods = () => world.list("pods").filter(isReady);
const claimOf = (pod: typeof readyPods extends () => (infer P)[] ? P : never) =>
  pod.spec.volumes?.[0]?.persistentVolumeClaim?.claimName;

function setTemplate(template: ReturnType<typeof aServingTemplate>): void {
  const { spec, ...rest } = deployment();
  world.client.update("deployments.apps", { ...rest, spec: { ...spec, template } });
}

describe("a rolling update", () => {
  it("never has fewer ready pods than the bounds allow, and ends on the new template", () => {
    createDeployment(world, aServingTemplate("before", small), { replicas: 4 });
    world.advance(15);
    expect(deployment().status).toMatchObject({ readyReplicas: 4, availableReplicas: 4 });
    setTemplate(aServingTemplate("after", small));
    for (let second = 0; second < 40; second += 1) {
      world.advance(1);
      expect(readyPods().length).toBeGreaterThanOrEqual(3);
      expect(world.list("pods").length).toBeLessThanOrEqual(6);
    }
    expect(readyPods().map(claimOf)).toEqual(["after", "after", "after", "after"]);
    expect(deployment()).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } },
      status: { observedGeneration: 2, updatedReplicas: 4, replicas: 4 },
    });
    expect(
      deployment().status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
    ).toEqual([
      ["Available", "True", "MinimumReplicasAvailable"],
      ["Progressing", "True", "NewReplicaSetAvailable"],
    ]);
  });

  it("keeps the old pod while the new one cannot start, and reports the missed deadline", () => {
    createDeployment(world, aServingTemplate("before", small), { progressDeadlineSeconds: 60 });
    world.advance(15);
    setTemplate(aServingTemplate("missing", small));
    world.advance(30);
    expect(readyPods().map(claimOf)).toEqual(["before"]);
    expect(world.list("pods")).toHaveLength(2);
    world.advance(60);
    const progressing = deployment().status?.conditions?.find(({ type }) => type === "Progressing");
    expect(progressing).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" });
  });

  it("goes back to a template that it had before without a new ReplicaSet", () => {
    createDeployment(world, aServingTemplate("before", small));
    world.advance(15);
    setTemplate(aServingTemplate("after", small));
    world.advance(15);
    setTemplate(aServingTemplate("before", small));
    world.advance(15);
    expect(world.client.list("replicasets.apps")).toHaveLength(2);
    expect(readyPods().map(claimOf)).toEqual(["before"]);
    const revision = deployment().metadata.annotations?.["deployment.kubernetes.io/revision"];
    expect(revision).toBe("3");
  });
});

describe("Recreate", () => {
  it("ends every old pod before the first new one is made", () => {
    createDeployment(world, aServingTemplate("before", small), {
      replicas: 2,
      strategy: { type: "Recreate" },
    });
    world.advance(15);
    setTemplate(aServingTemplate("after", small));
    for (let tenth = 0; tenth < 150; tenth += 1) {
      world.advance(0.1);
      expect(new Set(world.list("pods").map(claimOf)).size).toBeLessThanOrEqual(1);
    }
    expect(readyPods().map(claimOf)).toEqual(["after", "after"]);
  });
});

describe("scale", () => {
  it("to zero removes the pods and leaves the Deployment available", () => {
    createDeployment(world, aServingTemplate("before", small), { replicas: 2 });
    world.advance(15);
    const { spec, ...rest } = deployment();
    world.client.update("deployments.apps", { ...rest, spec: { ...spec, replicas: 0 } });
    world.advance(5);
    expect(world.list("pods")).toEqual([]);
    expect(deployment().status?.replicas).toBeUndefined();
  });
});

describe("bounds", () => {
  const bounds = (replicas: number, rollingUpdate?: Record<string, string | number>) =>
    rolloutBounds({
      spec: { replicas, strategy: { type: "RollingUpdate", rollingUpdate } },
    } as unknown as Deployment);

  it.each([
    ["25 % of four", 4, undefined, { surge: 1, unavailable: 1 }],
    ["25 % of one rounds to a surge", 1, undefined, { surge: 1, unavailable: 0 }],
    ["plain numbers", 10, { maxSurge: 2, maxUnavailable: 3 }, { surge: 2, unavailable: 3 }],
    ["both zero", 2, { maxSurge: 0, maxUnavailable: "0%" }, { surge: 0, unavailable: 1 }],
  ])("%s", (_, replicas, rollingUpdate, expected) => {
    expect(bounds(replicas, rollingUpdate)).toEqual(expected);
  });
});
