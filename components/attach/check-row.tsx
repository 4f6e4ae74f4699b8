"use client";

import {
  IconAlertCircleFilled,
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
} from "@tabler/icons-react";
import { useState } from "react";

import { Age } from "@/components/primitives/age";
import { EvidenceTable } from "@/components/primitives/evidence-table";
import type { Check, Verdict } from "@/server/contract/preflight";

const VERDICTS = {
  pass: { icon: IconCheck, word: "Passed", tone: "" },
  warn: { icon: IconAlertTriangle, word: "Warning", tone: "tone-warning" },
  block: { icon: IconAlertCircleFilled, word: "Blocks", tone: "tone-error" },
  unknown: { icon: IconCircleDashed, word: "Could not check", tone: "tone-unknown" },
} as const satisfies Record<Verdict, unknown>;

/** A verdict as icon and, for those who do not see it, word. */
export function VerdictMark({ verdict }: Readonly<{ verdict: Verdict }>) {
  const { icon: Mark, word, tone } = VERDICTS[verdict];
  return (
    <>
      <Mark size={15} stroke={1.8} className={tone} aria-hidden />
      <span className="visually-hidden">{word}: </span>
    </>
  );
}

/** One check: what came out, the first fact it rests on, and all of them on request. */
export function CheckRow({ check }: Readonly<{ check: Check }>) {
  const [open, setOpen] = useState(false);
  const { evidence } = check;
  return (
    <li className="check-row" data-verdict={check.verdict}>
      <VerdictMark verdict={check.verdict} />
      <div>
        <p>{check.message}</p>
        {evidence.length === 0 ? null : (
          <small>
            {open ? null : <FirstFact evidence={evidence} />}
            <button
              type="button"
              className="link-button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {open ? "Hide evidence" : `Evidence (${evidence.length})`}
            </button>
          </small>
        )}
        {open ? <EvidenceTable evidence={evidence} /> : null}
      </div>
    </li>
  );
}

function FirstFact({ evidence: [first] }: Pick<Check, "evidence">) {
  if (first === undefined) return null;
  return (
    <span>
      {first.kind} <span className="mono">{first.field}</span>: {first.value}
      {first.observedAt === null ? null : (
        <>
          {" · "}
          <Age at={first.observedAt} suffix=" ago" />
        </>
      )}
      {" · "}
    </span>
  );
}
