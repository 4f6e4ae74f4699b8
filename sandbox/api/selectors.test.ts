import { describe, expect, it } from "vitest";
import type { KubeObject } from "./objects";
import { matchesLabelSelector, parseFieldSelector, parseLabelSelector } from "./selectors";

function anObject(parts: Partial<KubeObject> & { labels?: Record<string, string> }): KubeObject {
  const { labels, ...rest } = parts;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "p",
      namespace: "n",
      uid: "u",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...(labels ? { labels } : {}),
    },
    ...rest,
  };
}

describe("label selectors", () => {
  it.each<[string, Record<string, string>, boolean]>([
    ["app=web", { app: "web" }, true],
    ["app==web", { app: "db" }, false],
    ["app!=web", {}, true],
    ["app", { app: "" }, true],
    ["!app", { app: "" }, false],
    ["app in (web, db)", { app: "db" }, true],
    ["app in (web,db)", {}, false],
    ["app notin (web)", {}, true],
    ["app in (a,b),tier=x", { app: "a", tier: "y" }, false],
    ["", { any: "thing" }, true],
  ])("%s on %j is %s", (selector, labels, expected) => {
    expect(parseLabelSelector(selector)(anObject({ labels }))).toBe(expected);
  });

  it("what cannot be read is a bad request", () => {
    expect(() => parseLabelSelector("a b c")).toThrow("unable to parse requirement");
  });
});

describe("field selectors", () => {
  const pod = anObject({ spec: { nodeName: "gpu-1" }, status: { phase: "Running" } });

  it.each<[string, boolean]>([
    ["metadata.name=p", true],
    ["metadata.namespace!=n", false],
    ["spec.nodeName=gpu-1,status.phase=Running", true],
    ["status.phase!=Running", false],
    ["spec.nodeName=", false],
  ])("%s is %s", (selector, expected) => {
    expect(parseFieldSelector(selector, "pods")(pod)).toBe(expected);
  });

  it("an event is found by the object it is about", () => {
    const event = anObject({
      kind: "Event",
      involvedObject: { kind: "Pod", name: "p" },
      type: "Warning",
    });
    const matches = parseFieldSelector("involvedObject.name=p,type=Warning", "events");
    expect(matches(event)).toBe(true);
  });

  it("a field the kind has no selector for is a bad request", () => {
    expect(() => parseFieldSelector("spec.image=x", "pods")).toThrow("field label not supported");
  });
});

describe("LabelSelector of a spec", () => {
  it("an empty one matches all and an absent one nothing", () => {
    expect(matchesLabelSelector({}, { a: "b" })).toBe(true);
    expect(matchesLabelSelector(undefined, { a: "b" })).toBe(false);
  });

  it.each<[string, string[] | undefined, boolean]>([
    ["In", ["b"], true],
    ["NotIn", ["b"], false],
    ["Exists", undefined, true],
    ["DoesNotExist", undefined, false],
  ])("%s %j", (operator, values, expected) => {
    const matchExpressions = [{ key: "a", operator, ...(values ? { values } : {}) }];
    expect(matchesLabelSelector({ matchExpressions }, { a: "b" })).toBe(expected);
  });
});
