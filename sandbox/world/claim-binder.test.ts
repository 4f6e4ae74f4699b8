import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  aServingTemplate,
  createClaim,
  createDeployment,
  createTestWorld,
  furnish,
  type TestWorld,
} from "../testing/test-world";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  furnish(world);
});
afterEach(() => world.stop());

const claim = () => world.get("persistentvolumeclaims", "models");

function createVolume(name: string, size: string, spec: Record<string, unknown> = {}): void {
  world.client.create("persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
      capacity: { storage: size },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "silent",
      hostPath: { path: `/srv/${name}` },
      ...spec,
    },
  });
}

describe("binding", () => {
  it("an Immediate class makes a volume and binds it without any pod", () => {
    createClaim(world, "models", { storageClassName: "block" });
    world.advance(3);
    expect(claim()).toMatchObject({
      metadata: { annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
      status: { phase: "Bound", capacity: { storage: "10Gi" }, accessModes: ["ReadWriteOnce"] },
    });
    const volume = world.get("persistentvolumes", claim().spec.volumeName ?? "");
    expect(volume).toMatchObject({
      spec: { claimRef: { name: "models", uid: claim().metadata.uid } },
      status: { phase: "Bound" },
    });
    expect(world.eventsAbout("models")).toContain(
      `ProvisioningSucceeded: Successfully provisioned volume ${volume.metadata.name}`,
    );
  });

  it("a waiting class binds on the node of the first pod", () => {
    createClaim(world, "models", { storageClassName: "local" });
    world.advance(3);
    expect(claim().status?.phase).toBe("Pending");
    expect(world.eventsAbout("models")).toEqual([
      "WaitForFirstConsumer: waiting for first consumer to be created before binding",
    ]);
    createDeployment(world, aServingTemplate("models"));
    world.advance(3);
    const node = world.list("pods")[0]?.spec.nodeName ?? "";
    const volume = world.get("persistentvolumes", claim().spec.volumeName ?? "");
    const term = volume.spec.nodeAffinity?.required?.nodeSelectorTerms[0];
    expect(term?.matchExpressions).toEqual([
      { key: "kubernetes.io/hostname", operator: "In", values: [node] },
    ]);
  });

  it("takes the smallest volume that fits, and none reserved for another claim", () => {
    createVolume("small", "5Gi");
    createVolume("large", "50Gi");
    createVolume("fits", "20Gi");
    createVolume("reserved", "10Gi", { claimRef: { namespace: "team", name: "other" } });
    createClaim(world, "models", { storageClassName: "silent" });
    world.advance(1);
    expect(claim().spec.volumeName).toBe("fits");
    const phaseOf = (name: string) => world.get("persistentvolumes", name).status?.phase;
    expect(["small", "fits", "reserved"].map(phaseOf)).toEqual(["Available", "Bound", "Available"]);
  });

  it("a requested volume that is too small is refused with the reason", () => {
    createVolume("small", "5Gi");
    createClaim(world, "models", { storageClassName: "silent", volumeName: "small" });
    world.advance(1);
    expect(claim().status?.phase).toBe("Pending");
    expect(world.eventsAbout("models")).toEqual([
      'VolumeMismatch: Cannot bind to requested volume "small": requested PV is too small',
    ]);
  });

  it("a volume that comes later is found", () => {
    createClaim(world, "models", { storageClassName: "silent" });
    world.advance(10);
    expect(claim().status?.phase).toBe("Pending");
    createVolume("late", "10Gi");
    world.advance(1);
    expect(claim().status?.phase).toBe("Bound");
  });

  it("says so once, not at every look, when there is no class", () => {
    createClaim(world, "models", { storageClassName: "" });
    createDeployment(world, aServingTemplate("models"));
    world.advance(30);
    expect(world.eventsAbout("models")).toEqual([
      "FailedBinding: no persistent volumes available for this claim and no storage class is set",
    ]);
  });
});

describe("the end of a volume", () => {
  it("a claim whose volume is gone is Lost", () => {
    createVolume("fits", "20Gi");
    createClaim(world, "models", { storageClassName: "silent" });
    world.advance(1);
    const volume = world.get("persistentvolumes", "fits");
    world.client.update("persistentvolumes", {
      ...volume,
      metadata: { ...volume.metadata, finalizers: [] },
    });
    world.client.delete("persistentvolumes", undefined, "fits");
    world.advance(1);
    expect(claim().status?.phase).toBe("Lost");
    expect(world.eventsAbout("models").at(-1)).toMatch(/^ClaimLost: Bound claim has lost/);
  });

  it("goes with its claim when it was made for it, and stays Released when it was not", () => {
    createVolume("kept", "20Gi", { persistentVolumeReclaimPolicy: "Retain" });
    createClaim(world, "models", { storageClassName: "silent" });
    createClaim(world, "made", { storageClassName: "files", accessMode: "ReadWriteMany" });
    world.advance(3);
    world.client.delete("persistentvolumeclaims", "team", "models");
    world.client.delete("persistentvolumeclaims", "team", "made");
    world.advance(1);
    const left = world.list("persistentvolumes");
    expect(left.map(({ metadata, status }) => [metadata.name, status?.phase])).toEqual([
      ["kept", "Released"],
    ]);
  });
});
