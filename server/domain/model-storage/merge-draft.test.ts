import { describe, expect, it } from "vitest";

import { aModel, anInferenceService } from "@/server/testing/builders";
import type { InferenceService } from "../objects";
import { DEFAULT_OPERATOR_SETTINGS } from "../operator-settings";
import { buildModelStorage } from "./build-model-storage";
import { mergeDraft } from "./merge-draft";

const service: InferenceService = {
  ...anInferenceService(),
  spec: { modelRef: "target", modelCache: { claimName: "mine" } },
};

function storageOf(name: string, source: string, subject: InferenceService = service) {
  const cacheKey = source.startsWith("hf:") ? "" : `${name}-key`;
  const model = aModel({ metadata: { name }, spec: { source }, status: { cacheKey } });
  return buildModelStorage({ service: subject, model, settings: DEFAULT_OPERATOR_SETTINGS });
}

const merged = (target: string, draft: string, subject = service) => {
  const { storage, draftPath } = mergeDraft(
    storageOf("target", target, subject),
    storageOf("dspark", draft, subject),
  );
  return {
    volumes: storage.volumes.map(({ name }) => name),
    containers: storage.initContainers.map(({ name }) => name),
    mounts: storage.mounts.map(({ name, mountPath }) => `${name} ${mountPath}`),
    paths: [storage.modelPath, draftPath],
    storage,
  };
};

describe("mergeDraft", () => {
  it("shares claim and preparation when both are cached", () => {
    expect(merged("https://h/t", "https://h/d")).toMatchObject({
      volumes: ["model-cache"],
      containers: ["model-cache-prep", "model-downloader", "draft-model-downloader"],
      mounts: ["model-cache /models"],
      paths: ["/models/target-key/target.gguf", "/models/dspark-key/dspark.gguf"],
    });
  });

  it("moves the mount of a draft that is not cached", () => {
    expect(merged("https://h/t", "hf://o/r")).toMatchObject({
      volumes: ["model-cache", "model-storage"],
      containers: ["model-cache-prep", "model-downloader", "draft-model-downloader"],
      mounts: ["model-cache /models", "model-storage /draft/models"],
      paths: ["/models/target-key/target.gguf", "/draft/models/ml-dspark.gguf"],
    });
  });

  it("renames the volume of a draft on another claim", () => {
    expect(merged("pvc://a/model.gguf", "pvc://b/model.gguf")).toMatchObject({
      volumes: ["model-source", "draft-model-source"],
      containers: [],
      mounts: ["model-source /model-source", "draft-model-source /draft/model-source"],
      paths: ["/model-source/model.gguf", "/draft/model-source/model.gguf"],
    });
  });

  it("renames nothing when both are on one claim", () => {
    expect(merged("pvc://a/model.gguf", "pvc://a/draft.gguf")).toMatchObject({
      volumes: ["model-source"],
      mounts: ["model-source /model-source"],
      paths: ["/model-source/model.gguf", "/model-source/draft.gguf"],
    });
  });

  it("brings preparation and download for a cached draft of a target that needs neither", () => {
    expect(merged("pvc://a/target.gguf", "https://h/d")).toMatchObject({
      volumes: ["model-source", "model-cache"],
      containers: ["draft-model-cache-prep", "draft-model-downloader"],
      paths: ["/model-source/target.gguf", "/models/dspark-key/dspark.gguf"],
    });
  });

  it("mounts the claim of a draft that is on one beside a cached target", () => {
    expect(merged("https://h/t", "pvc://a/d.gguf")).toMatchObject({
      volumes: ["model-cache", "model-source"],
      containers: ["model-cache-prep", "model-downloader"],
      paths: ["/models/target-key/target.gguf", "/model-source/d.gguf"],
    });
  });

  it("shares ephemeral space and its limit", () => {
    const ephemeral: InferenceService = {
      ...service,
      spec: {
        modelRef: "target",
        modelCache: { persistence: "Ephemeral" },
        resources: { ephemeralStorage: "9Gi" },
      },
    };
    const { storage } = merged("https://h/t", "https://h/d", ephemeral);
    expect(storage.volumes).toEqual([{ name: "model-storage", emptyDir: { sizeLimit: "9Gi" } }]);
  });
});
