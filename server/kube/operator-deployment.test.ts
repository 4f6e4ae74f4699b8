import { describe, expect, it } from "vitest";

import type { Deployment } from "@/server/domain/objects";
import { aDeployment } from "@/server/testing/builders";
import { SERVICE_LABEL, toOperator } from "./operator-deployment";

const args = ["--model-cache-mode=perService"];
const deployment = (name: string, container: object, labels = {}): Deployment => {
  const { metadata } = aDeployment();
  const containers = [{ name: "manager", ...container }];
  return {
    metadata: { ...metadata, name, namespace: "llmkube-system", labels },
    spec: { selector: {}, template: { spec: { containers } } },
  };
};

describe("toOperator", () => {
  it.each([
    ["by the controller's image", "x", "ghcr.io/defilantech/llmkube-controller:0.9.19"],
    ["by its image in a mirror, pinned", "x", "mirror.test:5000/llmkube-controller@sha256:0"],
    ["by a shorter image that is given flags", "x", "registry.test/llmkube:1"],
    ["by its name", "llmkube-controller-manager", "registry.test/private:1"],
  ])("finds it %s", (_case, name, image) => {
    expect(toOperator(deployment(name, { image, args }))).toEqual({
      namespace: "llmkube-system",
      name,
      image,
      args,
    });
  });

  it.each([
    ["something else", deployment("web", { image: "nginx", args })],
    ["its command line tool", deployment("tool", { image: "registry.test/llmkube:1" })],
    [
      "what it made for a service",
      deployment("llmkube-controller-manager", { image: "llama" }, { [SERVICE_LABEL]: "x" }),
    ],
  ])("does not take %s for it", (_case, other) => {
    expect(toOperator(other)).toBeNull();
  });

  it("puts plain variables in their places, and leaves those that it may not look up", () => {
    const operator = toOperator(
      deployment("llmkube-controller-manager", {
        command: ["/manager", "--model-cache-size=$(SIZE)"],
        args: ["--model-cache-storage-class=$(CLASS)", "--init-container-image=$(NONE)"],
        env: [
          { name: "SIZE", value: "5Gi" },
          { name: "CLASS", valueFrom: { configMapKeyRef: { name: "c", key: "k" } } },
        ],
      }),
    );
    expect(operator?.args).toEqual([
      "--model-cache-size=5Gi",
      "--model-cache-storage-class=$(CLASS)",
      "--init-container-image=$(NONE)",
    ]);
  });
});
