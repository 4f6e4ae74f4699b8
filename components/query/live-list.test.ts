import { describe, expect, it } from "vitest";

import { applyChange, applySync, restartSync, type LiveList } from "./live-list";

type Row = { key: string; value: number; nested?: { deep: string } };
const keyOf = (row: Row) => row.key;
const row = (key: string, value = 1): Row => ({ key, value, nested: { deep: key } });
const whole = (...items: Row[]): LiveList<Row> => ({
  items,
  complete: true,
  incoming: null,
  version: "1",
});

describe("applySync", () => {
  it("shows the first chunks before the list is whole", () => {
    const first = applySync(undefined, { items: [row("a")], last: false, version: "1" }, keyOf);
    expect(first).toMatchObject({ items: [row("a")], complete: false });
    const second = applySync(first, { items: [row("b")], last: true, version: "1" }, keyOf);
    expect(second).toEqual(whole(row("a"), row("b")));
  });

  it("keeps the old rows while a later SYNC is under way, then drops what is gone", () => {
    const list = whole(row("a"), row("b"));
    const half = applySync(list, { items: [row("a")], last: false, version: "2" }, keyOf);
    expect(half.items).toBe(list.items);
    const done = applySync(half, { items: [row("c")], last: true, version: "2" }, keyOf);
    expect(done.items.map(keyOf)).toEqual(["a", "c"]);
  });

  it("returns the same list when a SYNC says nothing new", () => {
    const list = whole(row("a"), row("b"));
    expect(applySync(list, { items: [row("a"), row("b")], last: true, version: "1" }, keyOf)).toBe(
      list,
    );
  });

  it("keeps the reference of each equal row", () => {
    const list = whole(row("a"), row("b"));
    const next = applySync(
      list,
      { items: [row("a"), row("b", 2)], last: true, version: "2" },
      keyOf,
    );
    expect(next.items[0]).toBe(list.items[0]);
    expect(next.items[1]).toEqual(row("b", 2));
  });

  it("empties the list when the cluster is empty", () => {
    const next = applySync(whole(row("a")), { items: [], last: true, version: "2" }, keyOf);
    expect(next).toMatchObject({ items: [], complete: true });
  });

  it("starts over after a connection died half-way", () => {
    const half = applySync(
      whole(row("a")),
      { items: [row("x")], last: false, version: "2" },
      keyOf,
    );
    const fresh = restartSync(half);
    expect(fresh?.incoming).toBeNull();
    expect(restartSync(fresh)).toBe(fresh);
  });
});

describe("applyChange", () => {
  const list = whole(row("a"), row("b"));
  const change = (upserts: Row[], removals: string[] = []) =>
    applyChange(list, { upserts, removals, version: "2" }, keyOf);

  it("waits for the first SYNC", () => {
    expect(
      applyChange(undefined, { upserts: [row("a")], removals: [], version: "2" }, keyOf),
    ).toBeUndefined();
  });

  it.each([
    ["an equal row", [row("a")], []],
    ["a removal of nothing", [], ["z"]],
    ["an empty change", [], []],
  ] as const)("returns the same list for %s", (_name, upserts, removals) => {
    expect(change([...upserts], [...removals])).toBe(list);
  });

  it("replaces in place, adds at the end, removes", () => {
    const next = change([row("a", 5), row("c")], ["b"]);
    expect(next?.items).toEqual([row("a", 5), row("c")]);
    expect(list.items).toEqual([row("a"), row("b")]);
  });

  it("leaves untouched rows their reference", () => {
    expect(change([row("a", 5)])?.items[1]).toBe(list.items[1]);
  });

  it("is not undone by the older value of a SYNC under way", () => {
    const half = applySync(list, { items: [row("a")], last: false, version: "2" }, keyOf);
    const changed = applyChange(
      half,
      { upserts: [row("a", 9)], removals: [], version: "3" },
      keyOf,
    );
    const done = applySync(changed, { items: [row("b")], last: true, version: "3" }, keyOf);
    expect(done.items).toEqual([row("a", 9), row("b")]);
  });
});
