import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import type { Condition } from "../objects";
import { offloadsToCpu, withSpecAdvice } from "./spec-advice";

const STAMP = { generation: 1, now: "2026-03-01T12:00:00Z" };

function service(spec: object) {
  const base = anInferenceService();
  return { ...base, spec: { ...base.spec, ...spec } };
}

const said = (conditions: readonly Condition[]) =>
  conditions.map(({ type, status, reason }) => `${type}=${status}/${reason}`);

const DRAFT = { speculative: { enabled: true } };

describe("withSpecAdvice", () => {
  it.each<[string, object, readonly string[]]>([
    ["another runtime", { vllmConfig: DRAFT }, []],
    ["vLLM in order", { runtime: "vllm", vllmConfig: { dtype: "auto" } }, []],
    [
      "a vLLM draft without a model",
      { runtime: "vllm", vllmConfig: { ...DRAFT, cpuOffloadGB: 4 } },
      ["VLLMSpecValid=False/SpeculativeMissingModel"],
    ],
    [
      "vLLM with weights on the host",
      { runtime: "vllm", vllmConfig: { cpuOffloadGB: 4 } },
      ["VLLMSpecValid=False/CPUOffloadUnverified"],
    ],
    ["vLLM with none", { runtime: "vllm", vllmConfig: { cpuOffloadGB: 0 } }, []],
    [
      "an SGLang draft without its model",
      {
        runtime: "sglang",
        sglangConfig: { speculative: { enabled: true, algorithm: "EAGLE" } },
      },
      ["SGLangSpecValid=False/SpeculativeMissingConfig"],
    ],
    [
      "an SGLang draft in order",
      {
        runtime: "sglang",
        sglangConfig: { speculative: { enabled: true, algorithm: "EAGLE", draftModelPath: "a/b" } },
      },
      [],
    ],
  ])("%s", (_title, spec, expected) => {
    expect(said(withSpecAdvice([], service(spec), STAMP))).toEqual(expected);
  });

  it("takes the fault back once it is corrected, and goes with the runtime", () => {
    const faulty = withSpecAdvice([], service({ runtime: "vllm", vllmConfig: DRAFT }), STAMP);
    const corrected = withSpecAdvice(faulty, service({ runtime: "vllm" }), STAMP);
    expect(said(corrected)).toEqual(["VLLMSpecValid=True/ConfigValid"]);
    expect(withSpecAdvice(corrected, service({}), STAMP)).toEqual([]);
  });
});

describe("offloadsToCpu", () => {
  it("counts for vLLM only", () => {
    expect(offloadsToCpu(service({ runtime: "vllm", vllmConfig: { cpuOffloadGB: 1 } }))).toBe(true);
    expect(offloadsToCpu(service({ vllmConfig: { cpuOffloadGB: 1 } }))).toBe(false);
  });
});
