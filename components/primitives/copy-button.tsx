"use client";

import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";

type CopyProps = Readonly<{
  value: string | (() => string);
  label: string;
  /** With a text it is a button; without, an icon named by `label`. */
  children?: ReactNode;
  variant?: "default" | "filled";
}>;

/** Copies `value` and says so for a moment, in place. */
export function CopyButton({ value, label, children, variant = "default" }: CopyProps) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  useEffect(() => {
    if (copied === "no") return undefined;
    const timer = setTimeout(() => setCopied("no"), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    const text = typeof value === "function" ? value() : value;
    // Absent on plain http beyond loopback.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const written = clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setCopied("yes"),
      () => setCopied("failed"),
    );
  };
  const said = { no: label, yes: "Copied", failed: "The browser refused to copy" }[copied];
  const Icon = copied === "yes" ? IconCheck : IconCopy;
  if (children === undefined) {
    return (
      <button
        type="button"
        className="icon-btn copy"
        aria-label={said}
        data-tip={said}
        data-tip-side="left"
        onClick={copy}
      >
        <Icon size={14} stroke={1.7} aria-hidden />
      </button>
    );
  }
  return (
    <Button variant={variant} leftSection={<Icon size={14} stroke={1.7} />} onClick={copy}>
      {copied === "failed" ? said : children}
      <span className="visually-hidden" aria-live="polite">
        {copied === "yes" ? "Copied" : ""}
      </span>
    </Button>
  );
}
