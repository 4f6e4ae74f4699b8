"use client";

import { useEffect, useState, type RefObject } from "react";

/** Where an element starts in the page, kept true while what is above it grows and shrinks. */
export function useScrollMargin(element: RefObject<HTMLElement | null>): number {
  const [margin, setMargin] = useState(0);
  useEffect(() => {
    const measure = () => {
      if (element.current === null) return;
      setMargin(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return margin;
}
