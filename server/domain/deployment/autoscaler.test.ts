import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import type { InferenceServiceSpec } from "../objects";
import { autoscalerFault, buildAutoscaler } from "./autoscaler";

function service(spec: Partial<InferenceServiceSpec>) {
  const base = anInferenceService();
  return { ...base, spec: { ...base.spec, ...spec } };
}

const perPod = (name: string, averageValue: string) => ({
  type: "Pods",
  pods: { metric: { name }, target: { type: "AverageValue", averageValue } },
});

describe("buildAutoscaler", () => {
  it("is none without autoscaling, and none while suspended", () => {
    expect(buildAutoscaler(service({}))).toBeNull();
    expect(buildAutoscaler(service({ autoscaling: { maxReplicas: 3 }, suspend: true }))).toBeNull();
  });

  it("scales the service's Deployment and goes with the service", () => {
    const scaler = buildAutoscaler(service({ autoscaling: { maxReplicas: 3 } }));
    expect(scaler).toMatchObject({
      metadata: {
        name: "llama",
        labels: { app: "llama", "inference.llmkube.dev/service": "llama" },
        ownerReferences: [{ kind: "InferenceService", blockOwnerDeletion: false }],
      },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "llama" },
        minReplicas: 1,
        maxReplicas: 3,
      },
    });
  });

  it.each([
    ["llamacpp", "llamacpp:requests_processing"],
    ["llamacpp-router", "llamacpp:requests_processing"],
    ["vllm", "vllm:num_requests_running"],
    ["sglang", "sglang:num_requests_running"],
    ["tgi", "tgi:queue_size"],
    ["generic", "llamacpp:requests_processing"],
  ])("follows the load of %s when no metric is named", (runtime, name) => {
    const scaler = buildAutoscaler(service({ runtime, autoscaling: { maxReplicas: 3 } }));
    expect(scaler?.spec.metrics).toEqual([perPod(name, "2")]);
  });

  it("follows what is named, and leaves out a resource without a target", () => {
    const metrics = [
      { type: "Pods", name: "queue", targetAverageValue: "500m" },
      { type: "Resource", name: "cpu", targetAverageUtilization: 70 },
      { type: "Resource", name: "memory" },
    ];
    const scaler = buildAutoscaler(
      service({ autoscaling: { minReplicas: 2, maxReplicas: 4, metrics } }),
    );
    expect(scaler?.spec).toMatchObject({
      minReplicas: 2,
      metrics: [
        perPod("queue", "500m"),
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    });
  });
});

describe("autoscalerFault", () => {
  const fault = (metric: object) =>
    autoscalerFault(
      service({
        autoscaling: { maxReplicas: 3, metrics: [{ type: "Pods", name: "queue", ...metric }] },
      }),
    );

  it("names a target that is no quantity, or is missing", () => {
    expect(fault({ targetAverageValue: "many" })).toContain('[0].targetAverageValue "many"');
    expect(fault({})).toContain("is needed");
  });

  it("has nothing to say of others", () => {
    expect(fault({ targetAverageValue: "2" })).toBeNull();
    expect(fault({ type: "Resource", targetAverageValue: "many" })).toBeNull();
    expect(autoscalerFault(service({}))).toBeNull();
  });
});
