import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { anInferenceService } from "@/server/testing/builders";
import { toYaml } from "./to-yaml";

describe("toYaml", () => {
  it("keeps the texts of annotations for readers of YAML 1.1", () => {
    const annotations = { a: "yes", b: "on", c: "1e3", d: "0x1F", e: "12:30" };
    const yaml = toYaml("InferenceService", anInferenceService({ metadata: { annotations } }));

    expect(parse(yaml, { version: "1.1" })).toMatchObject({ metadata: { annotations } });
  });

  it("leaves out managedFields and what kubectl keeps for itself", () => {
    const service = anInferenceService({
      metadata: {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", mine: "kept" },
        managedFields: [{ manager: "kubectl" }],
      },
    });
    const { metadata } = parse(toYaml("InferenceService", service)) as {
      metadata: Record<string, unknown>;
    };

    expect(metadata).not.toHaveProperty("managedFields");
    expect(metadata["annotations"]).toEqual({ mine: "kept" });
  });

  it("masks the secrets in texts", () => {
    const annotations = { source: "https://ada:pw@models.example/a.gguf?token=abc" };
    const yaml = toYaml("InferenceService", anInferenceService({ metadata: { annotations } }));

    expect(yaml).toContain("source: https://models.example/a.gguf\n");
  });
});
