import { describe, expect, it } from "vitest";

import { AppError } from "@/server/errors";
import { createFakeKubeHttp } from "@/server/testing/fake-kube-http";
import { readClusterId, readVersion } from "./cluster-info";

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
