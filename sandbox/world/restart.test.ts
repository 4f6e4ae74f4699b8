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

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  furnish(world);
});
afterEach(() => world.stop());

function restart(): void {
  const initial = world.state();
  world.stop();
  world = createTestWorld({ initial });
}
const source = (size: number) => `https://models.test/rate-100000000/size-${size}/weights.gguf`;
const thePod = () => {
  const [pod] = world.list("pods");
  if (!pod) throw new Error("There is no pod");
  return pod;
};

describe("a world that goes on where an earlier one ended", () => {
  it("leaves what has settled alone: nothing is written", () => {
    createClaim(world, "models", { storageClassName: "local" });
    createDeployment(world, aServingTemplate("models", source(1000)));
    world.advance(60);
    const { version } = world.state();
    restart();
    world.advance(60);
    expect(isReady(thePod())).toBe(true);
    expect(world.state().version).toBe(version);
  });

  it("starts an interrupted download again, and its pod becomes ready", () => {
    createClaim(world, "models", { storageClassName: "local" });
    createDeployment(world, aServingTemplate("models", source(2e9)));
    world.advance(10);
    expect(isReady(thePod())).toBe(false);
    const { uid } = thePod().metadata;
    restart();
    world.advance(40);
    expect(isReady(thePod())).toBe(true);
    expect(thePod().metadata.uid).toBe(uid);
  });

  it("a server that was still loading goes on to be ready", () => {
    createClaim(world, "models", { storageClassName: "local" });
    createDeployment(world, aServingTemplate("models", source(1000)));
    world.advance(1);
    while (thePod().status?.phase !== "Running") world.advance(0.1);
    expect(isReady(thePod())).toBe(false);
    restart();
    world.advance(10);
    expect(isReady(thePod())).toBe(true);
  });

  it("a block device stays attached to the node of the pod that has it", () => {
    createClaim(world, "disk", { storageClassName: "block" });
    world.advance(3);
    const pod = (name: string, nodeName: string) =>
      world.client.create("pods", {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "team" },
        spec: { ...aServingTemplate("disk", source(1000)).spec, nodeName },
      });
    pod("first", "node-1");
    world.advance(20);
    restart();
    pod("second", "node-2");
    world.advance(20);
    expect(isReady(world.get("pods", "second"))).toBe(false);
    expect(world.eventsAbout("second").join()).toMatch(/Multi-Attach error .* pod\(s\) first/);
  });
});
