import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import { buildModelStorage } from "../model-storage/build-model-storage";
import type { Model } from "../objects";
import { DEFAULT_OPERATOR_SETTINGS, type OperatorSettings } from "../operator-settings";
import { buildPrefetchJob } from "./prefetch-job";

const KEY = "0123456789abcdef";

function build(spec: Partial<Model["spec"]> = {}, settings: Partial<OperatorSettings> = {}) {
  const base = aModel({ metadata: { name: "phi", uid: "u-1" } });
  const model: Model = { ...base, spec: { source: "https://host/x.gguf", ...spec }, status: {} };
  return buildPrefetchJob(model, { ...DEFAULT_OPERATOR_SETTINGS, ...settings }, KEY);
}

describe("buildPrefetchJob", () => {
  it("is named after its Model, goes with it, and gives up after three pods", () => {
    expect(build()).toMatchObject({
      metadata: {
        name: "phi-prefetch",
        namespace: "ml",
        labels: {
          "app.kubernetes.io/name": "llmkube",
          "app.kubernetes.io/component": "model-prefetch",
          "app.kubernetes.io/managed-by": "llmkube-controller",
          "inference.llmkube.dev/model": "phi",
        },
        ownerReferences: [
          {
            apiVersion: "inference.llmkube.dev/v1alpha1",
            kind: "Model",
            name: "phi",
            uid: "u-1",
            controller: true,
            blockOwnerDeletion: false,
          },
        ],
      },
      spec: { backoffLimit: 2, ttlSecondsAfterFinished: 86_400 },
    });
  });

  it("runs what a service's pod would run on the shared claim, then one container that only ends", () => {
    const pod = build().spec?.template.spec;
    const storage = buildModelStorage({
      service: { ...anInferenceService(), spec: { modelRef: "phi" } },
      model: {
        ...aModel({ metadata: { name: "phi" } }),
        spec: { source: "https://host/x.gguf" },
        status: { cacheKey: KEY },
      },
      settings: DEFAULT_OPERATOR_SETTINGS,
    });
    expect(pod).toEqual({
      restartPolicy: "Never",
      securityContext: { fsGroup: 102 },
      initContainers: storage.initContainers,
      volumes: storage.volumes,
      containers: [
        {
          name: "prefetch-done",
          image: DEFAULT_OPERATOR_SETTINGS.initContainerImage,
          command: ["sh", "-c", "echo prefetch complete"],
        },
      ],
    });
    expect(pod?.volumes).toEqual([
      { name: "model-cache", persistentVolumeClaim: { claimName: "llmkube-model-cache" } },
    ]);
  });

  it.each<[string, Partial<OperatorSettings>]>([
    ["services have claims of their own", { cacheMode: "perService" }],
    ["caching is off", { cachePath: "" }],
  ])("goes to the shared claim also where %s", (_title, settings) => {
    expect(build({}, settings).spec?.template.spec?.volumes?.[0]?.persistentVolumeClaim).toEqual({
      claimName: "llmkube-model-cache",
    });
  });

  it("fetches several files as a service would", () => {
    const pod = build({ source: "hf://o/r", files: ["a.gguf", "b.gguf"] }).spec?.template.spec;
    expect(pod?.initContainers?.[1]?.env).toContainEqual({
      name: "MODEL_FILES",
      value: "a.gguf\nb.gguf",
    });
  });

  it("goes only where its Model's own tolerations let it", () => {
    const prefetchTolerations = [{ key: "gpu", operator: "Exists" }];
    expect(build({ prefetchTolerations }).spec?.template.spec?.tolerations).toEqual(
      prefetchTolerations,
    );
    expect(build().spec?.template.spec).not.toHaveProperty("tolerations");
  });

  it("leaves the pod's group alone when none is wanted", () => {
    expect(build({}, { defaultFsGroup: 0 }).spec?.template.spec).not.toHaveProperty(
      "securityContext",
    );
  });
});
