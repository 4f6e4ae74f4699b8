import { describe, expect, it } from "vitest";

import type { Finding, FindingCode } from "@/server/contract/finding";
import { planFindingChanges, toldFindings } from "./plan-finding-changes";

const SERVICE = { namespace: "ml", name: "llama" };
const NOW = Date.parse("2026-03-01T12:00:00Z");
const SETTLE = { nowMs: NOW, settleMs: 10_000 };

const aFinding = (over: Partial<Finding> = {}): Finding => ({
  code: "ClaimPending",
  severity: "error",
  message: 'Claim "a" waits.',
  nextStep: "Wait.",
  since: null,
  evidence: [],
  actions: [],
  ...over,
});
const seen = (agoMs: number, over: Partial<Finding> = {}) => {
  const finding = aFinding(over);
  return [finding.code, { finding, sinceMs: NOW - agoMs }] as const;
};
const open = (code: FindingCode) =>
  [
    code,
    {
      service: SERVICE,
      code,
      severity: "error",
      message: "m",
      nextStep: "n",
      openedAt: new Date(0),
    },
  ] as const;

type State = Partial<Parameters<typeof planFindingChanges>[0]>;
const plan = (state: State) =>
  planFindingChanges(
    { service: SERVICE, seen: new Map(), open: new Map(), goneSinceMs: new Map(), ...state },
    SETTLE,
  );
const brief = (state: State) => {
  const { changes, dueInMs } = plan(state);
  return [
    changes.map(({ code, closedAt }) => `${code} ${closedAt ? "closed" : "opened"}`),
    dueInMs,
  ];
};

describe("planFindingChanges", () => {
  it.each<readonly [string, State, unknown]>([
    ["nothing for a healthy service", {}, [[], null]],
    ["waits while it is new", { seen: new Map([seen(4_000)]) }, [[], 6_000]],
    ["opens what stayed", { seen: new Map([seen(10_000)]) }, [["ClaimPending opened"], null]],
    [
      "opens nothing twice",
      { seen: new Map([seen(60_000)]), open: new Map([open("ClaimPending")]) },
      [[], null],
    ],
    [
      "waits while it may come back",
      { open: new Map([open("ClaimPending")]), goneSinceMs: new Map([["ClaimPending", NOW - 1]]) },
      [[], 9_999],
    ],
    [
      "closes what stayed away",
      {
        open: new Map([open("ClaimPending")]),
        goneSinceMs: new Map([["ClaimPending", NOW - 10_000]]),
      },
      [["ClaimPending closed"], null],
    ],
    [
      "opens one and closes another at once, and waits for a third",
      {
        seen: new Map([seen(20_000), seen(3_000, { code: "ClaimLost" })]),
        open: new Map([open("ClaimDrift")]),
        goneSinceMs: new Map([["ClaimDrift", NOW - 20_000]]),
      },
      [["ClaimPending opened", "ClaimDrift closed"], 7_000],
    ],
  ])("%s", (_title, state, expected) => {
    expect(brief(state)).toEqual(expected);
  });

  it("tells since when it has been open, and since when it has been gone", () => {
    const [opened] = plan({ seen: new Map([seen(15_000)]) }).changes;
    expect(opened?.openedAt).toEqual(new Date(NOW - 15_000));
    const [closed] = plan({
      open: new Map([open("ClaimPending")]),
      goneSinceMs: new Map([["ClaimPending", NOW - 12_000]]),
    }).changes;
    expect(closed).toMatchObject({ openedAt: new Date(0), closedAt: new Date(NOW - 12_000) });
  });
});

describe("toldFindings", () => {
  it("takes errors and warnings, nothing milder", () => {
    const findings = (["error", "warning", "info", "unknown", "ok"] as const).map((severity, nth) =>
      aFinding({
        severity,
        code: (["ClaimLost", "ClaimDrift", "ClaimPending", "StaleCacheKey", "NotHealed"] as const)[
          nth
        ]!,
      }),
    );
    expect([...toldFindings(findings).keys()]).toEqual(["ClaimLost", "ClaimDrift"]);
  });

  it("takes the worst of one code, of equals the first", () => {
    const findings = [
      aFinding({ severity: "warning", message: "1" }),
      aFinding({ message: "2" }),
      aFinding({ message: "3" }),
    ];
    expect([...toldFindings(findings).values()].map(({ message }) => message)).toEqual(["2"]);
  });
});
