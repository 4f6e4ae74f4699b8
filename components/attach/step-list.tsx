import { IconAlertCircleFilled, IconCheck, IconMinus } from "@tabler/icons-react";

import type { StepState } from "./attach-steps";

/** A step as it is drawn: in words, and how far it is. */
export type ShownStep = Readonly<{
  name: string;
  label: string;
  state: StepState;
  detail: string | null;
  percent: number | null;
}>;

const STATE_WORDS = {
  done: "done",
  current: "under way",
  waiting: "to come",
  stopped: "stopped here",
  skipped: "not needed",
} as const satisfies Record<StepState, string>;

/** Steps one below the other, each with its mark, and the download's bar where it is one. */
export function StepList({ steps }: Readonly<{ steps: readonly ShownStep[] }>) {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <StepRow key={step.name} step={step} />
      ))}
    </ol>
  );
}

function StepRow({ step }: Readonly<{ step: ShownStep }>) {
  return (
    <li
      className="step"
      data-state={step.state}
      aria-current={step.state === "current" ? "step" : undefined}
    >
      <span className="step-mark" aria-hidden>
        {step.state === "done" ? <IconCheck size={13} stroke={2.4} /> : null}
        {step.state === "skipped" ? <IconMinus size={13} stroke={2.4} /> : null}
        {step.state === "stopped" ? <IconAlertCircleFilled size={20} /> : null}
      </span>
      <div className="step-body">
        <p className="step-label">
          {step.label}
          {step.percent === null ? null : (
            <span className="num"> {Math.floor(step.percent)} %</span>
          )}
          <span className="visually-hidden"> ({STATE_WORDS[step.state]})</span>
        </p>
        {step.detail === null ? null : <p className="dim step-detail">{step.detail}</p>}
        {step.percent === null ? null : (
          <span
            className="progress-bar"
            role="progressbar"
            aria-label="Download"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(step.percent)}
          >
            <i style={{ transform: `scaleX(${step.percent / 100})` }} />
          </span>
        )}
      </div>
    </li>
  );
}
