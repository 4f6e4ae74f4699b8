import { describe, expect, it } from "vitest";

import { nameRequest } from "./name-request";

describe("nameRequest", () => {
  it.each([
    ["POST", "/api/v1/namespaces/ml/services?fieldManager=m", "create services"],
    ["PATCH", "/apis/apps/v1/namespaces/ml/deployments/llama?force=true", "patch deployments"],
    [
      "PUT",
      "/apis/g.dev/v1/namespaces/ml/inferenceservices/x/status",
      "update inferenceservices/status",
    ],
    ["GET", "/api/v1/pods?limit=500", "list pods"],
    ["GET", "/api/v1/pods?watch=true", "watch pods"],
    ["GET", "/api/v1/namespaces/ml/persistentvolumeclaims/c", "get persistentvolumeclaims"],
    ["GET", "/api/v1/namespaces/kube-system", "get namespaces"],
    ["DELETE", "/apis/apps/v1/namespaces/ml/deployments/llama", "delete deployments"],
  ])("%s %s is %s", (method, path, name) => {
    expect(nameRequest(method, path)).toBe(name);
  });
});
