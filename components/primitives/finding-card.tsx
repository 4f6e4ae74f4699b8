"use client";

import { Button } from "@mantine/core";
import { useState } from "react";

import type { Finding, FindingAction } from "@/server/contract/finding";
import { Age } from "./age";
import { CodeBlock } from "./code-block";
import { CopyButton } from "./copy-button";
import { EvidenceTable } from "./evidence-table";
import { SeverityIcon } from "./severity-mark";

export type FindingHandlers = Readonly<{
  onAttach?: () => void;
  onDetach?: () => void;
  onOpenLogs?: (pod: string, container: string) => void;
}>;

type FindingCardProps = Readonly<{
  finding: Finding;
  handlers?: FindingHandlers;
  /** Its evidence is in sight from the start. */
  expanded?: boolean;
}>;

/** One finding: the cause in a sentence, what to do, what it rests on. */
export function FindingCard({ finding, handlers = {}, expanded = false }: FindingCardProps) {
  const [yaml, setYaml] = useState<string | null>(null);
  const [open, setOpen] = useState(expanded);
  const hasMore = finding.evidence.length > 0 || finding.actions.length > 0;
  return (
    <article className="finding" data-severity={finding.severity}>
      <SeverityIcon severity={finding.severity} size={16} />
      <div className="finding-body">
        <div className="finding-head">
          <h3>{finding.message}</h3>
          <span className="finding-meta faint">
            <code className="finding-code mono">{finding.code}</code>
            {finding.since === null ? null : <Age at={finding.since} />}
          </span>
        </div>
        <p className="finding-next">{finding.nextStep}</p>
        {hasMore ? (
          <div className="finding-actions">
            {finding.actions.map((action) => (
              <ActionButton
                key={`${action.type}${action.label}`}
                action={action}
                handlers={handlers}
                onYaml={(text) => setYaml((shown) => (shown === text ? null : text))}
              />
            ))}
            {finding.evidence.length > 0 ? (
              <button
                type="button"
                className="link-button"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {open ? "Hide evidence" : `Evidence (${finding.evidence.length})`}
              </button>
            ) : null}
          </div>
        ) : null}
        {yaml === null ? null : <CodeBlock code={yaml} label="YAML" copyLabel="Copy the YAML" />}
        {open && finding.evidence.length > 0 ? <EvidenceTable evidence={finding.evidence} /> : null}
      </div>
    </article>
  );
}

type ActionProps = Readonly<{
  action: FindingAction;
  handlers: FindingHandlers;
  onYaml: (yaml: string) => void;
}>;

function ActionButton({ action, handlers, onYaml }: ActionProps) {
  switch (action.type) {
    case "CopyCommand":
      return (
        <CopyButton value={action.command} label={action.label}>
          {action.label}
        </CopyButton>
      );
    case "ShowYaml":
      return <Button onClick={() => onYaml(action.yaml)}>{action.label}</Button>;
    case "AttachClaim":
      return handlers.onAttach ? <Button onClick={handlers.onAttach}>{action.label}</Button> : null;
    case "DetachClaim":
      return handlers.onDetach ? <Button onClick={handlers.onDetach}>{action.label}</Button> : null;
    case "OpenLogs":
      return handlers.onOpenLogs ? (
        <Button onClick={() => handlers.onOpenLogs?.(action.pod, action.container)}>
          {action.label}
        </Button>
      ) : null;
  }
}
