import { describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeKubeHttp } from "@/server/testing/fake-kube-http";
import { findOperators, readClusterId, readVersion } from "./cluster-info";

const deployment = (name: string, container: object, labels = {}) => ({
  metadata: { name, namespace: "llmkube-system", labels },
  spec: { template: { spec: { containers: [container] } } },
});
const find = async (...items: object[]) =>
  findOperators(
    createFakeKubeHttp(() => ({ items, metadata: {} })),
    null,
  );

describe("findOperators", () => {
  const args = ["--model-cache-mode=perService"];

  it.each([
    ["by the controller's image", "x", "ghcr.io/defilantech/llmkube-controller:0.9.19"],
    ["by its image in a mirror, pinned", "x", "mirror.test:5000/llmkube-controller@sha256:0"],
    ["by a shorter image that is given flags", "x", "registry.test/llmkube:1"],
    ["by its name", "llmkube-controller-manager", "registry.test/private:1"],
  ])("finds it %s", async (_case, name, image) => {
    expect(await find(deployment(name, { image, args }))).toEqual({
      complete: true,
      operators: [{ namespace: "llmkube-system", name, image, args }],
    });
  });

  it.each([
    ["something else", deployment("web", { image: "nginx", args })],
    ["its command line tool", deployment("tool", { image: "registry.test/llmkube:1" })],
    [
      "what it made for a service",
      deployment(
        "llmkube-controller-manager",
        { image: "llama" },
        { "inference.llmkube.dev/service": "x" },
      ),
    ],
  ])("does not take %s for it", async (_case, found) => {
    expect((await find(found)).operators).toEqual([]);
  });

  it("says when it could not look everywhere, and looks where it may", async () => {
    const http = createFakeKubeHttp(({ path }) => {
      if (!path.includes("/namespaces/ml/")) throw new AppError("Forbidden", "no");
      return { items: [deployment("llmkube-controller-manager", { args })], metadata: {} };
    });

    const { operators, complete } = await findOperators(http, ["ml"]);
    expect(complete).toBe(false);
    expect(operators).toHaveLength(1);
  });

  it("does not call an outage an absence", async () => {
    const http = createFakeKubeHttp(() => {
      throw new AppError("ServiceUnavailable", "down");
    });
    await expect(findOperators(http, null)).rejects.toThrow("down");
  });
});

describe("cluster identity", () => {
  it("is null where it may not be read", async () => {
    const http = createFakeKubeHttp(() => {
      throw new AppError("Forbidden", "no");
    });
    expect(await readClusterId(http)).toBeNull();
    expect(await readVersion(http)).toBeNull();
  });

  it("is the uid of kube-system", async () => {
    const http = createFakeKubeHttp(() => ({ metadata: { uid: "u" }, gitVersion: "v1.36.3" }));
    expect(await readClusterId(http)).toBe("u");
    expect(await readVersion(http)).toBe("v1.36.3");
    expect(http.calls[0]?.path).toBe("/api/v1/namespaces/kube-system");
  });
});
