import { describe, expect, it } from "vitest";

import type { FieldWrite } from "../facts";
import { anInferenceService } from "@/server/testing/builders";
import { aServiceFacts, aSurroundings } from "@/server/testing/facts";
import { fieldContested } from "./field-contested";

/** It is 12:00. */
const write = (
  generation: number,
  at: string,
  claimName: string | null,
  manager: string | null,
): FieldWrite => ({ generation, at: `2026-03-01T${at}Z`, claimName, manager });

const FLUX = "kustomize-controller";
const FIGHT = [
  write(26_000, "11:57:00", "a", FLUX),
  write(26_004, "11:58:00", "b", "kubectl-edit"),
  write(26_008, "11:59:00", "a", FLUX),
  write(26_012, "12:00:00", "b", "kubectl-edit"),
];
const factsOf = (writes: readonly FieldWrite[], now = "2026-03-01T12:00:00Z") =>
  aServiceFacts({
    service: anInferenceService({ metadata: { generation: 26_012 } }),
    writes,
    surroundings: aSurroundings({ now }),
  });

describe("fieldContested", () => {
  it("names the writers, how often it changed and how fast generations pass", () => {
    const finding = fieldContested(factsOf(FIGHT));

    expect(finding).toMatchObject({
      code: "FieldContested",
      severity: "error",
      message:
        'The claim is set back and forth between kubectl ("kubectl-edit") and Flux ("kustomize-controller"): 3 changes within 10 minutes, 4.0 generations a minute. Each change rolls the service out anew, so that it may never become ready.',
      since: "2026-03-01T11:58:00Z",
    });
    expect(finding?.evidence).toMatchObject([
      { field: "metadata.generation", value: "26012" },
      { value: 'b, by kubectl ("kubectl-edit")', observedAt: "2026-03-01T11:58:00Z" },
      { value: 'a, by Flux ("kustomize-controller")' },
      { value: 'b, by kubectl ("kubectl-edit")' },
    ]);
  });

  it("counts one who takes the field out as a writer", () => {
    const writes = [
      write(1, "11:57:00", "a", FLUX),
      write(2, "11:57:30", null, null),
      write(3, "11:58:00", "a", FLUX),
      write(4, "11:58:30", null, null),
    ];

    expect(fieldContested(factsOf(writes))?.message).toContain(
      'between whoever takes it out and Flux ("kustomize-controller")',
    );
  });

  it("leaves out a rate that nobody can tell yet", () => {
    const burst = FIGHT.map((each) => ({ ...each, at: "2026-03-01T12:00:00Z" }));

    expect(fieldContested(factsOf(burst))?.message).toContain("3 changes within 10 minutes. Each");
  });

  it.each([
    ["one writer changes its mind", FIGHT.map((each) => ({ ...each, manager: "kubectl-edit" }))],
    ["there was one change and its undoing", FIGHT.slice(1)],
    [
      "generations pass for other fields",
      FIGHT.map((each, nth) => ({ ...each, claimName: "a", manager: nth % 2 ? FLUX : "hpa" })),
    ],
    ["nothing is remembered", []],
  ])("is silent when %s", (_name, writes) => {
    expect(fieldContested(factsOf(writes))).toBeNull();
  });

  it("goes with time alone once they have stopped", () => {
    expect(fieldContested(factsOf(FIGHT, "2026-03-01T12:06:00Z"))).not.toBeNull();
    expect(fieldContested(factsOf(FIGHT, "2026-03-01T12:09:00Z"))).toBeNull();
  });
});
