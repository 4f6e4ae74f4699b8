import { describe, expect, it } from "vitest";

import { findingCodes } from "@/server/contract/finding";
import { findingKindListSchema } from "@/server/contract/finding-kind";
import { listFindingKinds } from "@/server/services/list-finding-kinds";

describe("the codes of findings", () => {
  const { items } = findingKindListSchema.parse(listFindingKinds());

  it("are all told, each once, with where they are shown", () => {
    expect(items.map(({ code }) => code).sort()).toEqual([...findingCodes].sort());
    const scopeOf = new Map(items.map(({ code, scope }) => [code, scope]));
    expect(scopeOf.get("ModelNotFound")).toBe("Service");
    expect(scopeOf.get("ClaimPending")).toBe("Both");
  });
});
