"use client";

import { Button } from "@mantine/core";

import { FindingCard } from "@/components/primitives/finding-card";
import { useCancelAttachment } from "@/components/query/attachments";
import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import { toStepper, type Step, type StepName } from "./attach-steps";
import { useAttachUrl } from "./attach-url";
import { isCancellable } from "./attachment-words";
import { StepList } from "./step-list";

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
        <StepList steps={steps.map((step) => ({ ...step, label: labelOf(step) }))} />
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
          <Button autoFocus variant="filled" onClick={close}>
            {ended ? "Done" : "Close"}
          </Button>
        </span>
      </div>
    </>
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
