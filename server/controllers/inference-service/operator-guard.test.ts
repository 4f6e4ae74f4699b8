import { expect, it } from "vitest";

import { refuseBesideOperator } from "./operator-guard";

it("lets the built-in operator start where there is no other", () => {
  expect(refuseBesideOperator(null)).toBeNull();
});

it("refuses beside another, names it and says how to choose", () => {
  const refusal = refuseBesideOperator({ namespace: "llmkube-system", name: "llmkube" });
  expect(refusal).toContain('"llmkube"');
  expect(refusal).toContain('"llmkube-system"');
  expect(refusal).toContain("MOORING_OPERATOR=none");
});
