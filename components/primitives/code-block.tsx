"use client";

import { CopyButton } from "./copy-button";

export type DiffLine = Readonly<{ mark: " " | "+" | "-"; text: string }>;

type CodeBlockProps = Readonly<{ code: string; label: string; copyLabel?: string }>;

/** Text to read, select and copy. */
export function CodeBlock({ code, label, copyLabel = "Copy" }: CodeBlockProps) {
  return (
    <div className="code">
      <pre className="mono" tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <div className="code-tools">
        <CopyButton value={code} label={copyLabel} />
      </div>
    </div>
  );
}

/** A difference, line by line; the marks are text, so that colour is not alone. */
export function DiffBlock({
  lines,
  label,
}: Readonly<{ lines: readonly DiffLine[]; label: string }>) {
  return (
    <div className="code">
      <pre className="mono diff" tabIndex={0} aria-label={label}>
        {lines.map((line, index) => (
          // A diff never reorders: the index is the identity of a line.
          <span key={index} className="diff-line" data-mark={line.mark}>
            {`${line.mark} ${line.text}\n`}
          </span>
        ))}
      </pre>
    </div>
  );
}
