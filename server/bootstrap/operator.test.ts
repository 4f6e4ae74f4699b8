import { pino } from "pino";
import { describe, expect, it } from "vitest";

import { parseConfig } from "@/server/config";
import type { FoundOperator, OperatorSearch } from "@/server/domain/operator-choice";
import { followOperator } from "./operator";

const LLMKUBE: FoundOperator = {
  namespace: "llmkube-system",
  name: "llmkube-controller-manager",
  image: null,
  args: ["--model-cache-mode=perService"],
};
const NOTHING = { operators: [], complete: true };

function follow(operator: "none" | "builtin", env: Record<string, string> = {}) {
  const lines: { level: number; msg: string; message?: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const changes: string[] = [];
  let search: OperatorSearch | null = null;
  let tell = (): void => undefined;
  const inCharge = followOperator({
    connection: {
      watchOperators: ({ onChange }) => {
        tell = onChange;
        return { search: () => search, stop: () => Promise.resolve() };
      },
    },
    config: parseConfig({
      env: { MOORING_CLUSTER: "kubeconfig", MOORING_OPERATOR: operator, ...env },
      serviceAccount: false,
    }),
    log,
    onChange: (chosen, before) => changes.push(`${before.mode} to ${chosen.mode}`),
  });
  const see = (next: OperatorSearch) => {
    search = next;
    tell();
  };
  return { inCharge, see, lines, changes };
}

describe("followOperator", () => {
  it("stops the built-in operator when LLMKube's appears, as an error in the log, and starts it again", () => {
    const { inCharge, see, lines, changes } = follow("builtin");
    expect(inCharge.current()).toMatchObject({ mode: "none", search: "pending" });

    see(NOTHING);
    see({ operators: [LLMKUBE], complete: true });
    expect(inCharge.current()).toMatchObject({
      mode: "none",
      settings: { cacheMode: "perService" },
    });
    see(NOTHING);
    expect(inCharge.current().mode).toBe("builtin");

    expect(changes).toEqual(["none to builtin", "builtin to none", "none to builtin"]);
    const errors = lines.filter(({ level }) => level === 50);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.msg).toBe("the built-in operator stops");
    expect(errors[0]?.message).toContain("llmkube-system/llmkube-controller-manager");
  });

  it("says in the log that it does not start, once, with how to choose", () => {
    const { see, lines } = follow("builtin");
    see({ operators: [], complete: false });
    see({ operators: [], complete: false });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 50, msg: "the built-in operator does not start" });
    expect(lines[0]?.message).toContain("MOORING_OPERATOR_ALONE=true");
  });

  it("takes MOORING_OPERATOR_ALONE as that somebody knows", () => {
    const { inCharge, see } = follow("builtin", { MOORING_OPERATOR_ALONE: "true" });
    see({ operators: [], complete: false });
    expect(inCharge.current().mode).toBe("builtin");
  });

  it("tells nobody where nothing differs", () => {
    const { see, changes } = follow("none");
    see({ operators: [LLMKUBE], complete: true });
    see({ operators: [{ ...LLMKUBE }], complete: true });
    expect(changes).toEqual(["none to none"]);
    see({ operators: [{ ...LLMKUBE, args: [] }], complete: true });
    expect(changes).toHaveLength(2);
  });
});
