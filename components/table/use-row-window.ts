"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";

import { useScrollMargin } from "./use-scroll-margin";

const ROW_PX = 40;
/** Kept free for what sticks to the top: the bar and the table's header. */
const STICKY_PX = 96;

/** The rows in sight of the window, with the height of what is left out before and after them. */
export function useRowWindow(
  body: RefObject<HTMLElement | null>,
  rows: readonly { readonly id: string }[],
) {
  const scrollMargin = useScrollMargin(body);
  const virtualizer = useWindowVirtualizer<HTMLTableRowElement>({
    count: rows.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin,
    scrollPaddingStart: STICKY_PX,
    scrollPaddingEnd: 24,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    virtualizer,
    items,
    before: first === undefined ? 0 : first.start - scrollMargin,
    after: last === undefined ? 0 : virtualizer.getTotalSize() + scrollMargin - last.end,
  };
}
