import { describe, expect, it } from "vitest";

import { judgeBetter } from "./better-mode";

const READY = "ready inferenceServices.chat.status.conditions.ModelCacheReady: null was {}";

describe("judgeBetter", () => {
  it("lets a documented difference pass in any case", () => {
    expect(judgeBetter("01-shared-default", [READY])).toEqual([]);
    expect(judgeBetter("01-shared-default", [])).toEqual([]);
  });

  it("tells one that no decision explains", () => {
    const other = 'ready inferenceServices.chat.status.phase: "Ready" was "Failed"';
    expect(judgeBetter("01-shared-default", [READY, other])).toEqual([`not documented: ${other}`]);
  });

  it("explains nothing in another case than the documented one", () => {
    const healed = "model-created inferenceServices.chat.status.conditions.Degraded: {} was null";
    expect(judgeBetter("24-model-missing", [healed])).toEqual([]);
    expect(judgeBetter("25-model-not-ready", [healed])).toEqual([`not documented: ${healed}`]);
  });

  it("tells an improvement that does not show where it is documented", () => {
    expect(judgeBetter("24-model-missing", [])).toEqual([
      "ObservedState: is documented for this case but does not show",
    ]);
  });
});
