"use client";

import { Button } from "@mantine/core";
import { IconAlertCircleFilled, IconCheck, IconMinus } from "@tabler/icons-react";

import { FindingCard } from "@/components/primitives/finding-card";
import { useCancelAttachment } from "@/components/query/attachments";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import { toStepper, type Step, type StepName, type StepState } from "./attach-steps";
import { useAttachUrl } from "./attach-url";
import { isCancellable } from "./attachment-words";

const LABELS = {
  stored: "Stored",
  written: "Written to the service",
  rolledOut: "Rolled out",
  downloaded: "Model on the claim",
  mounted: "Mounted by the pods",
  ready: "Ready",
} as const satisfies Record<StepName, string>;

const CURRENT_LABELS: Readonly<Partial<Record<StepName, string>>> = {
  written: "Writing to the service",
  rolledOut: "Rolling out",
  downloaded: "Downloading",
  mounted: "Mounting",
  ready: "Becoming ready",
};

const STOPPED_LABELS: Readonly<Partial<Record<StepName, string>>> = {
  written: "Not written to the service",
  rolledOut: "Not rolled out",
  downloaded: "The model is not on the claim",
  mounted: "Not mounted by the pods",
  ready: "Not ready",
};

const STATE_WORDS = {
  done: "done",
  current: "under way",
  waiting: "to come",
  stopped: "stopped here",
  skipped: "not needed",
} as const satisfies Record<StepState, string>;

type StepperProps = Readonly<{
  attachment: Attachment;
  service: ServiceView;
  onAgain: () => void;
}>;

/** An attachment on its way: each step as it is taken, or the one that stopped it and why. */
export function Stepper({ attachment, service, onAgain }: StepperProps) {
  const { steps, ended, finding } = toStepper(attachment, service);
  const { close } = useAttachUrl();
  const cancel = useCancelAttachment();
  const effective = attachment.state === "Effective";
  return (
    <>
      <div className="stepper">
        <p className="impact">{toHeadline(attachment, steps)}</p>
        <ol className="steps">
          {steps.map((step) => (
            <StepRow key={step.name} step={step} />
          ))}
        </ol>
        {finding === null ? null : (
          <FindingCard finding={finding} handlers={{ onAttach: onAgain }} />
        )}
      </div>
      <div className="attach-foot">
        <p className={cancel.error ? "tone-error" : "dim"}>
          {cancel.error?.message ??
            (ended
              ? ""
              : "You can close this: it goes on without you, and is kept under Attachments.")}
        </p>
        <span className="attach-buttons">
          {ended && !effective ? <Button onClick={onAgain}>Choose again</Button> : null}
          {isCancellable(attachment) ? (
            <Button loading={cancel.isPending} onClick={() => cancel.mutate(attachment.id)}>
              Cancel the request
            </Button>
          ) : null}
          <Button variant="filled" onClick={close}>
            {ended ? "Done" : "Close"}
          </Button>
        </span>
      </div>
    </>
  );
}

function StepRow({ step }: Readonly<{ step: Step }>) {
  const label = labelOf(step);
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
          {label}
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

function labelOf({ name, state }: Step): string {
  const special = { current: CURRENT_LABELS, stopped: STOPPED_LABELS }[state as string];
  return special?.[name] ?? LABELS[name];
}

function toHeadline(attachment: Attachment, steps: readonly Step[]): string {
  const claim = attachment.claimName;
  if (attachment.state === "Effective") {
    return claim === null
      ? "Done: the service no longer names a claim."
      : `Done: the service runs from ${claim}.`;
  }
  if (attachment.state === "Blocked") return "Stored, and waiting: nothing was written.";
  if (steps.some(({ state }) => state === "stopped")) {
    return attachment.state === "Applied"
      ? "Written, but something stops it."
      : `${attachment.state}: it did not take effect.`;
  }
  return claim === null ? "Taking the claim away." : `Moving the service to ${claim}.`;
}
