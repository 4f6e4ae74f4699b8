import { describe, expect, it } from "vitest";

import { parseOperatorFlags } from "./operator-flags";

describe("parseOperatorFlags", () => {
  it.each([
    ["--model-cache-mode=each", { cacheMode: "shared" }],
    ["--model-cache-access-mode=ReadOnlyMany", { cacheAccessMode: "ReadWriteOnce" }],
    ["--model-cache-size=lots", { cacheSize: "lots" }],
  ])("refuses %s, unless it is asked what LLMKube makes of it", (flag, settings) => {
    expect(parseOperatorFlags(flag)).toMatchObject({ settings: {}, faults: [expect.any(String)] });
    expect(parseOperatorFlags(flag, { asLlmkube: true })).toMatchObject({ settings, faults: [] });
  });

  it("takes a group of zero or less, which means the image's own", () => {
    expect(parseOperatorFlags("--default-fsgroup=-1").settings).toEqual({ defaultFsGroup: -1 });
  });

  it("reads an interval as Go writes it, and none below zero", () => {
    const read = (value: string) => parseOperatorFlags(`--model-revalidate-interval=${value}`);
    expect(read("1h30m").settings).toEqual({ revalidateIntervalMs: 5_400_000 });
    expect(read("0").settings).toEqual({ revalidateIntervalMs: 0 });
    expect(read("-1s").faults).toHaveLength(1);
    expect(read("soon").faults).toHaveLength(1);
  });

  it("lets the last of repeated flags win, with or without an equals sign", () => {
    expect(parseOperatorFlags(["--model-cache-size", "1Gi", "--model-cache-size=2Gi"])).toEqual({
      settings: { cacheSize: "2Gi" },
      given: ["model-cache-size"],
      faults: [],
      unread: [],
    });
  });

  it("does not read a running operator's value that is a variable; in a configuration it is a fault", () => {
    const flag = "--default-fsgroup=$(GROUP)";
    expect(parseOperatorFlags(flag, { asLlmkube: true })).toEqual({
      settings: {},
      given: ["default-fsgroup"],
      faults: [],
      unread: ["defaultFsGroup"],
    });
    expect(parseOperatorFlags(flag).faults).toHaveLength(1);
  });
});
