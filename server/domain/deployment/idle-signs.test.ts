import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { idleSignOf } from "./idle-signs";

const sign = (runtime: string, annotations: Record<string, string> = {}) => {
  const service = anInferenceService({ spec: { modelRef: "m", runtime } });
  return idleSignOf({ ...service, metadata: { ...service.metadata, annotations } });
};
const slots = (...busy: boolean[]) =>
  JSON.stringify(busy.map((is_processing) => ({ is_processing })));

describe("idleSignOf", () => {
  it.each<[string, string, string, boolean | null]>([
    ["llamacpp", "/slots", slots(false, false), true],
    ["llamacpp", "/slots", slots(false, true), false],
    ["llamacpp-router", "/slots", "[]", true],
    ["llamacpp", "/slots", "<html>", null],
    ["llamacpp", "/slots", "{}", null],
    ["vllm", "/metrics", '# HELP\nvllm:num_requests_running{model="a b"} 0.0\n', true],
    [
      "vllm",
      "/metrics",
      'vllm:num_requests_running{a="1"} 0\nvllm:num_requests_running{a="2"} 2',
      false,
    ],
    ["vllm", "/metrics", "vllm:num_requests_running_total 0", null],
    ["sglang", "/metrics", "sglang:num_running_reqs 1", false],
    ["tgi", "/metrics", "tgi_batch_current_size 0", true],
  ])("reads %s from %s: %j is %s", (runtime, path, text, idle) => {
    expect(sign(runtime)?.path).toBe(path);
    expect(sign(runtime)?.read({ status: 200, text })).toBe(idle);
  });

  it("takes no other status for an answer of an engine", () => {
    expect(sign("vllm")?.read({ status: 404, text: "vllm:num_requests_running 0" })).toBeNull();
  });

  it("asks the path that a generic service names", () => {
    const idle = sign("generic", { "inference.llmkube.dev/idle-endpoint": "idle" });
    expect(idle?.path).toBe("/idle");
    expect(idle?.read({ status: 204, text: "" })).toBe(true);
    expect(idle?.read({ status: 503, text: "" })).toBe(false);
  });

  it.each(["generic", "personaplex"])("knows no sign of %s", (runtime) => {
    expect(sign(runtime)).toBeNull();
  });
});
