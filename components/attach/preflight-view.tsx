"use client";

import {
  IconAlertCircleFilled,
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
} from "@tabler/icons-react";
import { useMemo, useState } from "react";

import { TextField } from "@/components/primitives/text-field";
import { Age } from "@/components/primitives/age";
import { CodeBlock, DiffBlock } from "@/components/primitives/code-block";
import { TabList } from "@/components/primitives/tab-list";
import type { Check, Preflight, Verdict } from "@/server/contract/preflight";
import { toDiffLines } from "./diff-lines";

type PreflightViewProps = Readonly<{
  preflight: Preflight;
  /** The result of the choice before, while the new one is computed. */
  stale: boolean;
  comment: string;
  onComment: (comment: string) => void;
}>;

/** What would happen: the impact, every check, the exact change, and how to make it elsewhere. */
export function PreflightView({ preflight, stale, comment, onComment }: PreflightViewProps) {
  return (
    <div className="preflight" data-stale-result={stale || undefined} aria-busy={stale}>
      <p className="impact">{preflight.impact.sentence}</p>
      <ul className="checks" aria-label="Checks">
        {withoutRepeats(preflight.checks).map((check) => (
          <CheckRow key={`${check.code}${check.message}`} check={check} />
        ))}
      </ul>
      <h3 className="group-label">Change</h3>
      <Change preflight={preflight} />
      <Equivalents equivalents={preflight.equivalents} />
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

const VERDICTS = {
  pass: { icon: IconCheck, word: "Passed", tone: "" },
  warn: { icon: IconAlertTriangle, word: "Warning", tone: "tone-warning" },
  block: { icon: IconAlertCircleFilled, word: "Blocks", tone: "tone-error" },
  unknown: { icon: IconCircleDashed, word: "Could not check", tone: "tone-unknown" },
} as const satisfies Record<Verdict, unknown>;

function CheckRow({ check }: Readonly<{ check: Check }>) {
  const { icon: Mark, word, tone } = VERDICTS[check.verdict];
  const [first] = check.evidence;
  return (
    <li className="check-row" data-verdict={check.verdict}>
      <Mark size={15} stroke={1.8} className={tone} aria-hidden />
      <div>
        <p>
          <span className="visually-hidden">{word}: </span>
          {check.message}
        </p>
        {first === undefined ? null : (
          <small>
            <span>{first.kind} </span>
            <span className="mono">{first.field}</span>: {first.value}
            {first.observedAt === null ? null : (
              <>
                {" · "}
                <Age at={first.observedAt} suffix=" ago" />
              </>
            )}
          </small>
        )}
      </div>
    </li>
  );
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
