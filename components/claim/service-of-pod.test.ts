import { describe, expect, it } from "vitest";

import { serviceOfPod } from "./service-of-pod";

describe("serviceOfPod", () => {
  it.each([
    ["granite-4vwdtmzprc-hc94h", "granite"],
    ["granite-eval-mcb4khctbc-zxw6f", "granite-eval"],
    ["granites-mcb4khctbc-zxw6f", undefined],
  ])("knows whose pod %s is", (pod, service) => {
    expect(serviceOfPod(pod, ["granite", "granite-eval"])).toBe(service);
  });
});
