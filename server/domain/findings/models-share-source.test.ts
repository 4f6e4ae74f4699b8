import { describe, expect, it } from "vitest";

import type { ServiceFacts } from "../facts";
import type { Model } from "../objects";
import { aModel, anInferenceService } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts } from "@/server/testing/facts";
import { modelsShareSource, modelsShareSourceOnClaim } from "./models-share-source";

const FILE = "https://huggingface.co/org/repo/resolve/main/a.gguf";
const GGUF = { gguf: { modelName: "A" } };
const model = (name: string, source: string, change: Partial<Model["spec"]> = {}, status = {}) =>
  aModel({ metadata: { name }, spec: { source, ...change }, status });

const factsOf = (a: Model, b: Model, change: Partial<ServiceFacts> = {}) =>
  aServiceFacts({ model: a, likeModels: [{ model: b, claims: ["models-nvme-a"] }], ...change });
const onClaim = (...models: readonly Model[]) =>
  aClaimFacts({
    uses: models.map((used) => ({
      service: anInferenceService({ metadata: { name: `of-${used.metadata.name}` } }),
      model: used,
      how: "declared" as const,
    })),
  });

const HUB = "hf://org/repo";
const CASES: readonly [string, Model, Model, "info" | "warning", RegExp][] = [
  [
    "one source and one file",
    model("a", FILE, {}, GGUF),
    model("b", FILE, {}, GGUF),
    "info",
    /Models a and b have one source and share directory ".{16}" of claim "models-nvme-a": what one has downloaded the other finds/u,
  ],
  [
    "one list of files",
    model("a", HUB, { files: ["a.gguf"] }),
    model("b", HUB, { files: ["a.gguf", "b.gguf"] }),
    "info",
    /share directory/u,
  ],
  [
    "two names for one file, because one GGUF header was not read",
    model("a", FILE, {}, GGUF),
    model("b", FILE),
    "warning",
    /under two file names \("A\.gguf" and "b\.gguf"\): the same bytes are downloaded and kept twice/u,
  ],
  [
    "hf:// and https:// for the same bytes",
    model("a", HUB, { files: ["a.gguf"] }),
    model("b", FILE),
    "warning",
    /under two directories \(".{16}" and ".{16}"\), because their sources are written differently/u,
  ],
  [
    "a query",
    model("a", FILE),
    model("b", `${FILE}?download=true`),
    "warning",
    /under two directories/u,
  ],
];

describe("modelsShareSource", () => {
  it.each(CASES)("sees %s", (_name, a, b, severity, message) => {
    expect(modelsShareSource(factsOf(a, b))).toMatchObject({ severity, evidence: { length: 4 } });
    expect(modelsShareSource(factsOf(a, b))?.message).toMatch(message);
  });

  it.each(CASES)("sees %s on the claim itself", (_name, a, b, severity, message) => {
    const finding = modelsShareSourceOnClaim(onClaim(a, b, model("else", `${FILE}x`)));

    expect(finding).toMatchObject({ code: "ModelsShareSource", severity });
    expect(finding?.message).toMatch(message);
  });

  it("shows sources without credentials", () => {
    const finding = modelsShareSource(
      factsOf(model("a", "https://me:secret@h/a.gguf"), model("b", "https://h/a.gguf?token=x")),
    );

    expect(JSON.stringify(finding)).not.toMatch(/secret|token/u);
  });

  it("counts further pairs, each once", () => {
    const many = ["a", "b", "c"].map((name) => model(name, FILE));

    expect(modelsShareSourceOnClaim(onClaim(...many))?.message).toContain(
      "1 more such pair on it.",
    );
  });

  const [a, b] = [model("a", FILE), model("b", FILE)];
  it.each([
    [
      "the other Model is kept on another claim",
      factsOf(a, b, { likeModels: [{ model: b, claims: ["far"] }] }),
    ],
    ["no other Model is like it", factsOf(a, b, { likeModels: [] })],
    ["nothing is known of the Model", factsOf(a, b, { model: null })],
    [
      "the service does not keep it on a claim",
      factsOf(a, b, {
        service: anInferenceService({
          spec: { modelCache: { claimName: "models-nvme-a", persistence: "Ephemeral" } },
        }),
      }),
    ],
  ])("is silent when %s", (_name, facts) => {
    expect(modelsShareSource(facts)).toBeNull();
  });

  it.each([
    ["services share one Model", onClaim(a, a)],
    ["the sources differ", onClaim(a, model("b", FILE.replace("main", "v2")))],
    ["nothing is downloaded", onClaim(model("a", "pvc://c/x"), model("b", "pvc://c/x"))],
    [
      "one of them only serves from it",
      aClaimFacts({
        uses: onClaim(a, b).uses.map((use, nth) =>
          nth === 1 ? { ...use, how: "preStaged" as const } : use,
        ),
      }),
    ],
  ])("is silent on a claim when %s", (_name, facts) => {
    expect(modelsShareSourceOnClaim(facts)).toBeNull();
  });
});
