import { describe, expect, it } from "vitest";
import { builtinSchema } from "./builtin-schema";
import { jsonPatch } from "./json-patch";
import { mergePatch } from "./merge-patch";
import { strategicMerge } from "./strategic-merge";

describe("merge patch", () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: 1, b: 2 }, { a: null }, { b: 2 }],
    [{ a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: "text" }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ])("%j with %j is %j", (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });
});

describe("JSON patch", () => {
  it("carries out each operation on what the ones before left", () => {
    const operations = [
      { op: "add", path: "/list/1", value: "x" },
      { op: "add", path: "/list/-", value: "end" },
      { op: "move", from: "/a", path: "/b" },
      { op: "copy", from: "/b", path: "/c~1d" },
      { op: "test", path: "/b", value: 1 },
    ];
    const before = { a: 1, list: ["first", "last"] };
    expect(jsonPatch(before, operations)).toEqual({
      b: 1,
      "c/d": 1,
      list: ["first", "x", "last", "end"],
    });
    expect(before).toEqual({ a: 1, list: ["first", "last"] });
  });

  it.each([
    [{ op: "remove", path: "/nothing" }],
    [{ op: "replace", path: "/no/where", value: 1 }],
    [{ op: "add", path: "/no/where", value: 1 }],
    [{ op: "test", path: "/a", value: 2 }],
    [{ op: "unheard", path: "/a" }],
  ])("%j does not apply", (operation) => {
    expect(() => jsonPatch({ a: 1 }, [operation])).toThrow("the server rejected our request");
  });
});

describe("strategic merge patch", () => {
  const pod = builtinSchema("V1Pod");
  const before = {
    spec: {
      containers: [
        { name: "a", image: "a:1", env: [{ name: "X", value: "1" }] },
        { name: "b", image: "b:1" },
      ],
      tolerations: [{ key: "one" }],
      volumes: [{ name: "v", emptyDir: {} }],
    },
  };
  const patched = (spec: Record<string, unknown>) =>
    strategicMerge(pod, before, { spec })["spec"] as typeof before.spec;

  it("merges lists with a key and replaces those without", () => {
    const spec = patched({
      containers: [
        { name: "b", image: "b:2" },
        { name: "c", image: "c:1" },
      ],
      tolerations: [{ key: "two" }],
    });
    expect(spec.containers.map(({ name, image }) => [name, image])).toEqual([
      ["a", "a:1"],
      ["b", "b:2"],
      ["c", "c:1"],
    ]);
    expect(spec.tolerations).toEqual([{ key: "two" }]);
  });

  it("$patch: delete removes an item, $patch: replace the whole list", () => {
    const deleted = patched({ containers: [{ name: "a", $patch: "delete" }] });
    expect(deleted.containers.map(({ name }) => name)).toEqual(["b"]);
    const replaced = patched({ containers: [{ $patch: "replace" }, { name: "z", image: "z:1" }] });
    expect(replaced.containers).toEqual([{ name: "z", image: "z:1" }]);
  });

  it("$setElementOrder orders and $retainKeys drops other keys", () => {
    const spec = patched({
      $setElementOrder: true,
      "$setElementOrder/containers": [{ name: "b" }, { name: "a" }],
      volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }],
    });
    expect(spec.containers.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(spec.volumes).toEqual([{ name: "v", hostPath: { path: "/x" } }]);
  });

  it("$deleteFromPrimitiveList removes values of a set", () => {
    const target = { metadata: { finalizers: ["a", "b"] } };
    const patch = { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } };
    expect(strategicMerge(pod, target, patch)).toEqual({ metadata: { finalizers: ["b"] } });
  });

  it("an item without the key of its list is refused", () => {
    expect(() => patched({ containers: [{ image: "x" }] })).toThrow("merge key: name");
  });
});
