import { getValueByPointer } from "fast-json-patch/commonjs/core.js";
import { compare } from "fast-json-patch/commonjs/duplex.js";

import type { DiffEntry } from "@/server/contract/preflight";
import type { InferenceService } from "../objects";

/** What differs between two specs, with both values, as JSON pointers from the object's root; empty when nothing does. */
export function buildDiff(before: InferenceService, after: InferenceService): DiffEntry[] {
  const root = { spec: before.spec };
  return compare(root, { spec: after.spec }).flatMap((operation) => {
    const { op, path } = operation;
    if (op !== "add" && op !== "remove" && op !== "replace") return [];
    const from: unknown = op === "add" ? undefined : getValueByPointer(root, path);
    const entry: DiffEntry = { op, path };
    if (from !== undefined) entry.from = from;
    if (op !== "remove") entry.to = operation.value as unknown;
    return [entry];
  });
}
