"use client";

import { Button } from "@mantine/core";
import Link from "next/link";
import { useState, type ReactNode } from "react";

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
  nudge?: Nudge;
}>;

/** Asking the operator to look again, and how far that is. */
export type Nudge = Readonly<{
  onPress: () => void;
  state: "idle" | "sending" | "sent";
  /** Why it did not go through; null unless it failed. */
  problem: string | null;
}>;

type FindingCardProps = Readonly<{
  finding: Finding;
  handlers?: FindingHandlers;
  /** Its evidence is in sight from the start. */
  expanded?: boolean;
  /** Stands behind its actions. */
  extra?: ReactNode;
}>;

/** One finding: the cause in a sentence, what to do, what it rests on. */
export function FindingCard(props: FindingCardProps) {
  const { finding, handlers = {}, expanded = false, extra = null } = props;
  return (
    <article className="finding" data-severity={finding.severity}>
      <SeverityIcon severity={finding.severity} size={16} />
      <div className="finding-body">
        <div className="finding-head">
          <h2>{finding.message}</h2>
          <span className="finding-meta faint">
            <Link
              className="finding-code mono"
              href={`/findings#${finding.code}`}
              prefetch={false}
              aria-label={`${finding.code}: what is this?`}
              data-tip="What is this?"
              data-tip-side="left"
            >
              {finding.code}
            </Link>
            {finding.since === null ? null : <Age at={finding.since} />}
          </span>
        </div>
        <p className="finding-next">{finding.nextStep}</p>
        {finding.evidence.length > 0 || finding.actions.length > 0 || extra !== null ? (
          <FindingMore finding={finding} handlers={handlers} expanded={expanded} extra={extra} />
        ) : null}
      </div>
    </article>
  );
}

function FindingMore({ finding, handlers, expanded, extra }: Required<FindingCardProps>) {
  const [yaml, setYaml] = useState<string | null>(null);
  const [open, setOpen] = useState(expanded);
  const hasEvidence = finding.evidence.length > 0;
  return (
    <>
      <div className="finding-actions">
        {finding.actions.map((action) => (
          <ActionButton
            key={`${action.type}${action.label}`}
            action={action}
            handlers={handlers}
            onYaml={(text) => setYaml((shown) => (shown === text ? null : text))}
          />
        ))}
        {extra}
        {hasEvidence ? (
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
      {finding.actions.some(({ type }) => type === "RequestReconcile") ? (
        <NudgeOutcome nudge={handlers.nudge} />
      ) : null}
      {yaml === null ? null : <CodeBlock code={yaml} label="YAML" copyLabel="Copy the YAML" />}
      {open && hasEvidence ? <EvidenceTable evidence={finding.evidence} /> : null}
    </>
  );
}

function NudgeOutcome({ nudge }: Readonly<{ nudge: Nudge | undefined }>) {
  if (nudge === undefined) return null;
  return (
    <>
      <p className="finding-outcome dim" role="status">
        {nudge.state === "sent" ? "Asked. LLMKube looks at the service now." : null}
      </p>
      {nudge.problem === null ? null : (
        <p className="finding-outcome tone-error" role="alert">
          {nudge.problem}
        </p>
      )}
    </>
  );
}

function NudgeButton({ label, nudge }: Readonly<{ label: string; nudge: Nudge | undefined }>) {
  if (nudge === undefined) return null;
  return (
    <Button
      loading={nudge.state === "sending"}
      disabled={nudge.state === "sent"}
      onClick={nudge.onPress}
    >
      {label}
    </Button>
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
    case "RequestReconcile":
      return <NudgeButton label={action.label} nudge={handlers.nudge} />;
    case "OpenLogs":
      return handlers.onOpenLogs ? (
        <Button onClick={() => handlers.onOpenLogs?.(action.pod, action.container)}>
          {action.label}
        </Button>
      ) : null;
  }
}
