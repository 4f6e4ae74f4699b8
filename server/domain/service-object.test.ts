import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { buildServiceObject, serviceEndpoint } from "./service-object";

describe("buildServiceObject", () => {
  it("follows the endpoint's port, not the engine's or the container's", () => {
    const port = (spec: object) =>
      buildServiceObject(anInferenceService({ spec })).spec.ports[0]?.port;
    expect(port({ runtime: "vllm" })).toBe(8080);
    expect(port({ containerPort: 9 })).toBe(8080);
    expect(port({ endpoint: { port: 9000 } })).toBe(9000);
  });

  it("takes the dots out of the name, and tells the address so", () => {
    const service = anInferenceService({ metadata: { name: "a.b" } });
    expect(buildServiceObject(service).metadata.name).toBe("a-b");
    expect(serviceEndpoint(service)).toBe(
      "http://a-b.ml.svc.cluster.local:8080/v1/chat/completions",
    );
  });

  it("asks for a node port only where one is opened", () => {
    const ports = (type: "ClusterIP" | "NodePort") =>
      buildServiceObject(anInferenceService({ spec: { endpoint: { type, nodePort: 30000 } } })).spec
        .ports[0];
    expect(ports("NodePort")).toMatchObject({ nodePort: 30000 });
    expect(ports("ClusterIP")).not.toHaveProperty("nodePort");
  });
});
