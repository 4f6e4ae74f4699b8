"use client";

import { useHotkeys } from "@mantine/hooks";
import type { RefObject } from "react";

type RowKeysOptions = Readonly<{
  body: RefObject<HTMLElement | null>;
  keys: readonly string[];
  scrollTo: (index: number) => void;
  onAttach: (index: number) => void;
  /** Absent: rows of this table cannot be selected. */
  onSelect: ((index: number) => void) | undefined;
}>;

/** j and k move the focus from row to row, a attaches, space selects; Enter is the link's own. */
export function useRowKeys({ body, keys, scrollTo, onAttach, onSelect }: RowKeysOptions): void {
  const move = (step: 1 | -1) => {
    const current = focusedIndex(body.current);
    const next = current === null ? 0 : Math.min(keys.length - 1, Math.max(0, current + step));
    const key = keys[next];
    if (key === undefined) return;
    scrollTo(next);
    const focus = () => {
      const link = body.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(key)}"] a`);
      link?.focus({ preventScroll: true });
      return link !== null;
    };
    // A row out of sight is in the document only after the scroll.
    if (!focus()) requestAnimationFrame(focus);
  };
  useHotkeys([
    [
      "Space",
      (event) => {
        // A button of the row keeps its own space; elsewhere it scrolls, as ever.
        const current = focusedIndex(body.current);
        if (!onSelect || current === null || document.activeElement?.tagName !== "A") return;
        event.preventDefault();
        onSelect(current);
      },
      { preventDefault: false },
    ],
    ["j", () => move(1)],
    ["k", () => move(-1)],
    [
      "a",
      () => {
        const current = focusedIndex(body.current);
        if (current !== null) onAttach(current);
      },
    ],
  ]);
}

function focusedIndex(body: HTMLElement | null): number | null {
  const row = document.activeElement?.closest<HTMLElement>("tr[data-index]");
  if (!row || !body?.contains(row)) return null;
  return Number(row.dataset["index"]);
}
