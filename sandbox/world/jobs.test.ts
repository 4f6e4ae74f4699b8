import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestWorld, furnish, type TestWorld } from "../testing/test-world";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  furnish(world);
});
afterEach(() => world.stop());

function createJob(initContainers: unknown[] = []): void {
  world.client.create("jobs.batch", {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "scan", namespace: "team" },
    spec: {
      backoffLimit: 1,
      ttlSecondsAfterFinished: 100,
      template: {
        spec: {
          restartPolicy: "Never",
          initContainers,
          containers: [{ name: "scan", image: "busybox" }],
        },
      },
    },
  });
}
const job = () => world.client.get("jobs.batch", "team", "scan");

describe("a Job", () => {
  it("completes with its pod, and goes with it after its time", async () => {
    createJob();
    world.advance(5);
    expect(job()?.status).toMatchObject({ succeeded: 1 });
    expect(world.list("pods")[0]?.status?.phase).toBe("Succeeded");
    world.advance(120);
    expect(job()).toBeUndefined();
    await expect
      .poll(() => world.list("pods").length, { message: "the pod is collected with its Job" })
      .toBe(0);
  });

  it("fails once its pods have failed too often", () => {
    createJob([
      {
        name: "model-downloader",
        image: "curl:8",
        env: [
          { name: "MODEL_SOURCE", value: "https://models.test/fail-404/x.gguf" },
          { name: "MODEL_PATH", value: "/models/x.gguf" },
        ],
      },
    ]);
    world.advance(20);
    const conditions = (job()?.status as { conditions?: { type: string; reason: string }[] })
      .conditions;
    expect(conditions?.map(({ type }) => type)).toEqual(["FailureTarget", "Failed"]);
    expect(world.list("pods").map((pod) => pod.status?.phase)).toEqual(["Failed", "Failed"]);
  });
});

describe("events", () => {
  it("are gone an hour after they were last written", () => {
    createJob();
    world.advance(5);
    expect(world.eventsAbout("scan")).toHaveLength(1);
    world.advance(3700);
    expect(world.eventsAbout("scan")).toEqual([]);
  });
});
