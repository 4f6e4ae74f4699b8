"use client";

import { useMemo, useState, type ReactNode } from "react";

import { TextField } from "@/components/primitives/text-field";
import { CodeBlock, DiffBlock } from "@/components/primitives/code-block";
import { TabList } from "@/components/primitives/tab-list";
import type { Check, Preflight } from "@/server/contract/preflight";
import { CheckRow } from "./check-row";
import { ClaimSuggestion } from "./claim-suggestion";
import { toDiffLines } from "./diff-lines";
import { ImpactFacts } from "./impact-facts";
import { RepositoryHint } from "./repository-hint";

type PreflightViewProps = Readonly<{
  preflight: Preflight;
  /** The result of the choice before, while the new one is computed. */
  stale: boolean;
  coUsers: readonly string[] | null;
  comment: string;
  onComment: (comment: string) => void;
  /** What can be added to the change; stands between the checks and the change. */
  children?: ReactNode;
}>;

/** What would happen: the impact, every check, the exact change, and how to make it elsewhere. */
export function PreflightView(props: PreflightViewProps) {
  const { preflight, stale, coUsers, comment, onComment, children } = props;
  return (
    <div className="preflight" data-stale-result={stale || undefined} aria-busy={stale}>
      <p className="impact">{preflight.impact.sentence}</p>
      <ImpactFacts impact={preflight.impact} coUsers={coUsers} />
      <ul className="checks" aria-label="Checks">
        {withoutRepeats(preflight.checks).map((check) => (
          <CheckRow key={`${check.code}${check.message}`} check={check} />
        ))}
      </ul>
      {children}
      {preflight.suggestion === null ? null : <ClaimSuggestion suggestion={preflight.suggestion} />}
      <h3 className="group-label">Change</h3>
      <Change preflight={preflight} />
      <Equivalents equivalents={preflight.equivalents} />
      {preflight.repository === null ? null : <RepositoryHint repository={preflight.repository} />}
      <TextField
        className="comment"
        placeholder="Why? (optional, kept with the request)"
        aria-label="Comment, kept with the request"
        maxLength={500}
        value={comment}
        onText={onComment}
      />
    </div>
  );
}

/** Checks that say the same, as one line. */
function withoutRepeats(checks: readonly Check[]): readonly Check[] {
  const said = new Map(checks.map((check) => [`${check.verdict} ${check.message}`, check]));
  return [...said.values()];
}

function Change({ preflight }: Readonly<{ preflight: Preflight }>) {
  const { before, after } = preflight;
  const lines = useMemo(() => (after === null ? [] : toDiffLines(before, after)), [before, after]);
  if (after === null) {
    return (
      <p className="dim">
        The API server did not accept the dry run, so the change cannot be shown.
      </p>
    );
  }
  if (lines.length === 0)
    return <p className="dim">The spec says so already: nothing would change.</p>;
  return <DiffBlock lines={lines} label="The change as the API server would store it" />;
}

const EQUIVALENTS = [
  { value: "kubectl", label: "kubectl" },
  { value: "yaml", label: "YAML" },
  { value: "kustomize", label: "kustomize" },
] as const;

function Equivalents({ equivalents }: Readonly<{ equivalents: Preflight["equivalents"] }>) {
  const [shown, setShown] = useState<keyof Preflight["equivalents"]>("kubectl");
  return (
    <div className="equivalents">
      <TabList
        id="equivalents"
        label="The same change elsewhere"
        tabs={EQUIVALENTS}
        value={shown}
        onChange={setShown}
      />
      <div role="tabpanel" id="equivalents-panel" aria-labelledby={`equivalents-${shown}`}>
        <CodeBlock code={equivalents[shown]} label={`The change for ${shown}`} />
      </div>
    </div>
  );
}
