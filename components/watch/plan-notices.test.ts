import { describe, expect, it } from "vitest";

import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";
import { planNotices, type Known } from "./plan-notices";

const keyOf = ({ namespace, name }: ServiceView) => `c1/${namespace}/${name}`;
const KEY = "c1/ml/llama";

/** Of a row only what is looked at. */
const service = (name: string, ...findings: readonly (readonly [FindingCode, Severity])[]) =>
  ({
    namespace: "ml",
    name,
    findings: findings.map(([code, severity]) => ({ code, severity, message: code }) as Finding),
  }) as unknown as ServiceView;
const known = (...codes: readonly FindingCode[]): Known => new Map([[KEY, new Set(codes)]]);
const tags = (before: Known, ...services: readonly ServiceView[]) =>
  planNotices(before, services, { watched: new Set([KEY]), keyOf }).notices.map(({ tag }) => tag);

describe("planNotices", () => {
  it.each<readonly [string, Known, ServiceView, readonly string[]]>([
    [
      "tells an error that is new",
      known(),
      service("llama", ["ClaimLost", "error"]),
      [`${KEY} ClaimLost`],
    ],
    [
      "tells a warning that is new",
      known(),
      service("llama", ["ClaimDrift", "warning"]),
      [`${KEY} ClaimDrift`],
    ],
    ["tells nothing milder", known(), service("llama", ["ClaimPending", "info"]), []],
    ["tells nothing twice", known("ClaimLost"), service("llama", ["ClaimLost", "error"]), []],
    ["tells that all are gone", known("ClaimLost"), service("llama"), [`${KEY} clear`]],
    [
      "tells no all clear while one is left",
      known("ClaimLost", "ClaimDrift"),
      service("llama", ["ClaimDrift", "warning"]),
      [],
    ],
    ["takes what it finds first as known", new Map(), service("llama", ["ClaimLost", "error"]), []],
    ["says nothing of a service that was well and is", known(), service("llama"), []],
    [
      "says nothing of a service that nobody watches",
      known(),
      service("other", ["ClaimLost", "error"]),
      [],
    ],
  ])("%s", (_title, before, row, expected) => {
    expect(tags(before, row)).toEqual(expected);
  });

  it("tells one finding of a code although the row has two", () => {
    const row = service("llama", ["ClaimPending", "error"], ["ClaimPending", "warning"]);
    expect(tags(known(), row)).toEqual([`${KEY} ClaimPending`]);
  });

  it("remembers what it saw, and forgets a service that is gone", () => {
    const first = planNotices(new Map(), [service("llama", ["ClaimLost", "error"])], {
      watched: new Set([KEY]),
      keyOf,
    });
    expect(first.known.get(KEY)).toEqual(new Set(["ClaimLost"]));
    expect(planNotices(first.known, [], { watched: new Set([KEY]), keyOf }).known.size).toBe(0);
  });
});
