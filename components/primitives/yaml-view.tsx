"use client";

import { CopyButton } from "./copy-button";

const KEY = /^(\s*(?:- )*)([^\s#:][^:]*)(:)(.*)$/;

/** YAML to read: keys quiet, values plain, comments faint. */
export function YamlView({ yaml, label }: Readonly<{ yaml: string; label: string }>) {
  return (
    <div className="code">
      <pre className="mono yaml" tabIndex={0} aria-label={label}>
        {yaml
          .trimEnd()
          .split("\n")
          .map((line, index) => (
            // Lines never move on their own: the index is their identity.
            <YamlLine key={index} line={line} />
          ))}
      </pre>
      <div className="code-tools">
        <CopyButton value={yaml} label="Copy the YAML" />
      </div>
    </div>
  );
}

function YamlLine({ line }: Readonly<{ line: string }>) {
  if (line.trimStart().startsWith("#")) return <span className="yaml-comment">{`${line}\n`}</span>;
  const match = KEY.exec(line);
  if (match === null) return <span>{`${line}\n`}</span>;
  const [, indent = "", key = "", colon = "", value = ""] = match;
  return (
    <span>
      {indent}
      <span className="yaml-key">
        {key}
        {colon}
      </span>
      {`${value}\n`}
    </span>
  );
}
