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
  const choice = preflight === null ? null : toApplyChoice(preflight);
  const send = (button: ApplyButton) => {
    create.mutate(
      {
        claimName,
        ...button.overrides,
        ...(comment.trim() === "" ? {} : { comment: comment.trim() }),
        idempotencyKey: newIdempotencyKey(),
      },
      { onSuccess: ({ id }) => onStored(id) },
    );
  };
  const press = (button: ApplyButton) => {
    if (button.confirm === null) send(button);
    else setConfirming(button);
  };
  if (confirming?.confirm) {
    return (
      <footer className="attach-foot" role="alertdialog" aria-label={confirming.confirm.label}>
        <p>{confirming.confirm.sentence}</p>
        <span className="attach-buttons">
          <Button data-autofocus onClick={() => setConfirming(null)}>
            Back
          </Button>
          <Button variant="filled" loading={create.isPending} onClick={() => send(confirming)}>
            {confirming.confirm.label}
          </Button>
        </span>
      </footer>
    );
  }
  return (
    <footer className="attach-foot">
      <p className={create.error ? "tone-error" : "dim"} role={create.error ? "alert" : undefined}>
        {create.error ? describeFailure(create.error) : choice?.note}
      </p>
      <span className="attach-buttons">
        {choice?.secondary ? (
          <Button onClick={() => choice.secondary && press(choice.secondary)}>
            {choice.secondary.label}
          </Button>
        ) : null}
        {choice !== null && "copy" in choice.primary ? (
          <CopyButton value={choice.primary.copy} label={choice.primary.label} variant="filled">
            {choice.primary.label}
          </CopyButton>
        ) : (
          <Button
            variant="filled"
            disabled={
              choice === null || (preflight?.diff.length === 0 && preflight.verdict !== "block")
            }
            loading={create.isPending}
            onClick={() => {
              if (choice !== null && !("copy" in choice.primary)) press(choice.primary);
            }}
          >
            {choice === null || "copy" in choice.primary ? "Apply" : choice.primary.label}
          </Button>
        )}
      </span>
    </footer>
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
