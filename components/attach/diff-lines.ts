import { diffLines } from "diff";

import type { DiffLine } from "@/components/primitives/code-block";

const CONTEXT = 3;

/** The changed lines of a YAML document with three lines around each change; empty when nothing changes. */
export function toDiffLines(before: string, after: string): DiffLine[] {
  const lines = diffLines(before, after).flatMap((part): DiffLine[] => {
    const mark = part.added ? "+" : part.removed ? "-" : " ";
    return part.value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({ mark, text }));
  });
  const changed = lines.flatMap((line, index) => (line.mark === " " ? [] : [index]));
  if (changed.length === 0) return [];
  const near = (index: number) => changed.some((at) => Math.abs(at - index) <= CONTEXT);
  const shown: DiffLine[] = [];
  let skipped = false;
  lines.forEach((line, index) => {
    if (near(index)) {
      if (skipped && shown.length > 0) shown.push({ mark: " ", text: "…" });
      shown.push(line);
      skipped = false;
    } else skipped = true;
  });
  return shown;
}
