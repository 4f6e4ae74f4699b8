import { describe, expect, it } from "vitest";

import { chooseOperator, type FoundOperator, type OperatorWish } from "./operator-choice";
import { showOperatorSettings } from "./operator-flags";
import { DEFAULT_OPERATOR_SETTINGS } from "./operator-settings";

const LLMKUBE: FoundOperator = {
  namespace: "llmkube-system",
  name: "llmkube-controller-manager",
  image: "ghcr.io/defilantech/llmkube-controller:0.9.19",
  args: ["--leader-elect", "--model-cache-mode=perService", "--model-cache-size", "50Gi"],
};
const NOTHING = { operators: [], complete: true };
const BLIND = { operators: [], complete: false };
const found = (...operators: FoundOperator[]) => ({ operators, complete: true });

const aWish = (over: Partial<OperatorWish> = {}): OperatorWish => ({
  operator: "builtin",
  operatorAlone: false,
  operatorSettings: {
    ...DEFAULT_OPERATOR_SETTINGS,
    cacheSize: "7Gi",
    claimRule: "whereMounted",
  },
  configuredFlags: new Set(["model-cache-size"]),
  ...over,
});

describe("the built-in operator", () => {
  it("works where there is no other, by its own settings", () => {
    const wish = aWish();
    expect(chooseOperator(wish, NOTHING)).toMatchObject({
      mode: "builtin",
      refused: null,
      search: "complete",
      settings: wish.operatorSettings,
      source: "configured",
    });
  });

  it("does not work before it has looked", () => {
    expect(chooseOperator(aWish(), null)).toMatchObject({
      mode: "none",
      wanted: "builtin",
      refused: null,
      search: "pending",
    });
  });

  it("does not work beside LLMKube's, names it and says how to choose", () => {
    for (const operatorAlone of [false, true]) {
      const { mode, refused } = chooseOperator(aWish({ operatorAlone }), found(LLMKUBE));
      expect(mode).toBe("none");
      expect(refused?.reason).toBe("OperatorFound");
      expect(refused?.message).toContain("llmkube-system/llmkube-controller-manager");
      expect(refused?.message).toContain("MOORING_OPERATOR=none");
    }
  });

  it("does not work where it could not look everywhere, unless somebody vouches for it", () => {
    const { mode, refused } = chooseOperator(aWish(), BLIND);
    expect(mode).toBe("none");
    expect(refused?.reason).toBe("SearchIncomplete");
    expect(refused?.message).toContain("may not list Deployments");
    expect(refused?.message).toContain("MOORING_OPERATOR_ALONE=true");

    const vouched = chooseOperator(aWish({ operatorAlone: true }), BLIND);
    expect(vouched).toMatchObject({ mode: "builtin", refused: null, search: "incomplete" });
    expect(vouched.settings.unknown).toEqual([]);
  });

  it("does not work beside one that was found although not everything could be searched", () => {
    const search = { operators: [LLMKUBE], complete: false };
    expect(chooseOperator(aWish(), search).refused?.reason).toBe("OperatorFound");
  });
});

describe("settings beside LLMKube", () => {
  const beside = aWish({ operator: "none" });
  const shown = (search: Parameters<typeof chooseOperator>[1], wish = beside) => {
    const { settings, given, source } = chooseOperator(wish, search);
    const rows = showOperatorSettings(settings, given, source);
    return new Map(rows.map(({ flag, value, source: from }) => [flag, [value, from]]));
  };

  it("are those of its Deployment, and its defaults for flags that are not there", () => {
    const settings = shown(found(LLMKUBE));
    expect(settings.get("--model-cache-mode")).toEqual(["perService", "found"]);
    expect(settings.get("--model-cache-size")).toEqual(["50Gi", "found"]);
    expect(settings.get("--model-cache-access-mode")).toEqual(["ReadWriteOnce", "default"]);
    expect(chooseOperator(beside, found(LLMKUBE)).settings.claimRule).toBe("asLLMKube");
  });

  it("are unknown where the Deployment may not be read, but for what was said of them", () => {
    const settings = shown(BLIND);
    expect(settings.get("--model-cache-size")).toEqual(["7Gi", "configured"]);
    expect(settings.get("--model-cache-mode")).toEqual([null, "unknown"]);
    expect(shown(null).get("--model-cache-path")).toEqual([null, "unknown"]);
  });

  it("are unknown one by one where a flag's value comes from what may not be read", () => {
    const args = ["--model-cache-mode=shared", "--model-cache-size=$(SIZE)"];
    const settings = shown(found({ ...LLMKUBE, args }));
    expect(settings.get("--model-cache-size")).toEqual([null, "unknown"]);
    expect(settings.get("--model-cache-mode")).toEqual(["shared", "found"]);
  });

  it("are unknown where several operators do not agree", () => {
    const other = { ...LLMKUBE, namespace: "other", args: ["--model-cache-mode=shared"] };
    const settings = shown(found(LLMKUBE, other));
    expect(settings.get("--model-cache-mode")).toEqual([null, "unknown"]);
    expect(settings.get("--model-cache-size")).toEqual([null, "unknown"]);
    expect(settings.get("--model-cache-path")).toEqual(["/models", "default"]);
  });

  it("are as configured where there is surely no operator", () => {
    const settings = shown(NOTHING);
    expect(settings.get("--model-cache-size")).toEqual(["7Gi", "configured"]);
    expect(settings.get("--model-cache-mode")).toEqual(["shared", "default"]);
  });
});
