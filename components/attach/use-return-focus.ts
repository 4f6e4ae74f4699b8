"use client";

import { useEffect } from "react";

/** Gives the focus back to what had it when this was mounted: the panel leaves the document as it closes. */
export function useReturnFocus(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (!(opener instanceof HTMLElement) || opener === document.body) return;
      // After the panel is gone; a focus trap would take it back before.
      requestAnimationFrame(() => opener.focus({ preventScroll: true }));
    };
  }, []);
}
