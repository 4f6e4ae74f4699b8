"use client";

import { Button } from "@mantine/core";
import { useState } from "react";

import { CopyButton } from "@/components/primitives/copy-button";
import { ProblemError } from "@/components/query/api-client";
import { useCreateAttachment } from "@/components/query/attachments";
import type { Preflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { toApplyChoice, type ApplyButton } from "./apply-choice";

type ApplyBarProps = Readonly<{
  service: ServiceView;
  claimName: string | null;
  comment: string;
  /** null: nothing chosen, or its result is not in yet. */
  preflight: Preflight | null;
  onStored: (id: string) => void;
}>;

/** Who owns the field and what can be done about it. */
export function ApplyBar({ service, claimName, comment, preflight, onStored }: ApplyBarProps) {
  const [confirming, setConfirming] = useState<ApplyButton | null>(null);
  const create = useCreateAttachment(service);
  const send = ({ overrides }: ApplyButton) => {
    create.mutate(
      {
        claimName,
        ...overrides,
        ...(comment.trim() === "" ? {} : { comment: comment.trim() }),
        idempotencyKey: newIdempotencyKey(),
      },
      { onSuccess: ({ id }) => onStored(id) },
    );
  };
  if (confirming !== null) {
    return (
      <Confirm
        button={confirming}
        failure={create.error}
        sending={create.isPending}
        onBack={() => setConfirming(null)}
        onSend={() => send(confirming)}
      />
    );
  }
  return (
    <div className="attach-foot">
      <Note failure={create.error} note={preflight && toApplyChoice(preflight).note} />
      <Buttons
        preflight={preflight}
        sending={create.isPending}
        onPress={(button) => {
          if (button.confirm === null) send(button);
          else setConfirming(button);
        }}
      />
    </div>
  );
}

function Note({ failure, note }: Readonly<{ failure: Error | null; note: string | null }>) {
  if (failure === null) return <p className="dim">{note}</p>;
  return (
    <p className="tone-error" role="alert">
      {describeFailure(failure)}
    </p>
  );
}

type ButtonsProps = Readonly<{
  preflight: Preflight | null;
  sending: boolean;
  onPress: (button: ApplyButton) => void;
}>;

function Buttons({ preflight, sending, onPress }: ButtonsProps) {
  if (preflight === null) {
    return (
      <span className="attach-buttons">
        <Button variant="filled" disabled>
          Apply
        </Button>
      </span>
    );
  }
  const { primary, secondary } = toApplyChoice(preflight);
  const nothingToDo = preflight.diff.length === 0 && preflight.verdict !== "block";
  return (
    <span className="attach-buttons">
      {secondary === null ? null : (
        <Button onClick={() => onPress(secondary)}>{secondary.label}</Button>
      )}
      {"copy" in primary ? (
        <CopyButton value={primary.copy} label={primary.label} variant="filled">
          {primary.label}
        </CopyButton>
      ) : (
        <Button
          variant="filled"
          disabled={nothingToDo}
          loading={sending}
          onClick={() => onPress(primary)}
        >
          {primary.label}
        </Button>
      )}
    </span>
  );
}

type ConfirmProps = Readonly<{
  button: ApplyButton;
  failure: Error | null;
  sending: boolean;
  onBack: () => void;
  onSend: () => void;
}>;

function Confirm({ button, failure, sending, onBack, onSend }: ConfirmProps) {
  const label = button.confirm?.label ?? button.label;
  return (
    <div className="attach-foot" role="alertdialog" aria-label={label}>
      <Note failure={failure} note={button.confirm?.sentence ?? null} />
      <span className="attach-buttons">
        <Button autoFocus onClick={onBack}>
          Back
        </Button>
        <Button variant="filled" loading={sending} onClick={onSend}>
          {label}
        </Button>
      </span>
    </div>
  );
}

function describeFailure(error: Error): string {
  if (!(error instanceof ProblemError))
    return "Mooring's server did not answer. Nothing was stored; try again.";
  const inputs = error.problem.errors?.map(({ detail }) => detail).join("; ");
  return inputs ? `${error.message}: ${inputs}` : error.message;
}

/** One press is one request, also when the network makes the browser send it twice. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
