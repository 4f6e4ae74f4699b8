"use client";

import { Button } from "@mantine/core";
import { useState } from "react";

import { CopyButton } from "@/components/primitives/copy-button";
import { ProblemError } from "@/components/query/api-client";
import { useCreateAttachment } from "@/components/query/attachments";
import type { CreateAttachment } from "@/server/contract/attachment";
import type { Preflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { toApplyChoice, type ApplyButton, type ApplyChoice, type CopyChoice } from "./apply-choice";
import { newIdempotencyKey } from "./idempotency-key";
import { OwnerFacts } from "./owner-facts";

type ApplyBarProps = Readonly<{
  service: ServiceView;
  request: Pick<CreateAttachment, "claimName" | "persistence" | "comment">;
  /** null: nothing chosen, or its result is not in yet. */
  preflight: Preflight | null;
  onStored: (id: string) => void;
  /** The server found something else than what was looked at; it says what. */
  onConflict: (sentence: string) => void;
  onWatch: () => void;
}>;

/** Who owns the field and what can be done about it. */
export function ApplyBar(props: ApplyBarProps) {
  const { service, preflight, request, onStored, onConflict, onWatch } = props;
  const [confirming, setConfirming] = useState<ApplyButton | null>(null);
  const [copied, setCopied] = useState(false);
  const [wentBack, setWentBack] = useState(false);
  const create = useCreateAttachment(service);
  const declaredClaim = service.cache.declaredClaim;
  const send = ({ overrides }: ApplyButton) => {
    create.mutate(
      {
        ...request,
        ...overrides,
        expectedClaimName: declaredClaim,
        idempotencyKey: newIdempotencyKey(),
      },
      {
        onSuccess: ({ id }) => onStored(id),
        onError: (error) => {
          if (!isConflict(error)) return;
          setConfirming(null);
          create.reset();
          onConflict(error.message);
        },
      },
    );
  };
  if (confirming !== null && preflight !== null) {
    return (
      <Confirm
        button={confirming}
        preflight={preflight}
        failure={create.error}
        sending={create.isPending}
        onBack={() => {
          setConfirming(null);
          setWentBack(true);
        }}
        onSend={() => send(confirming)}
      />
    );
  }
  const choice =
    preflight && toApplyChoice(preflight, { claimName: request.claimName, declaredClaim });
  return (
    <div className="attach-foot">
      <Note failure={create.error} note={copied ? COPIED : (choice?.note ?? null)} />
      <span className="attach-buttons">
        {copied ? <Button onClick={onWatch}>Watch for it here</Button> : null}
        <Buttons
          choice={choice}
          nothingToDo={preflight?.diff.length === 0}
          sending={create.isPending}
          focused={wentBack}
          onPress={(button) => {
            if (button.confirm === null) send(button);
            else setConfirming(button);
          }}
          onCopied={() => setCopied(true)}
        />
      </span>
    </div>
  );
}

const COPIED =
  "Copied. Commit it to your repository; Mooring can wait here until the service's spec shows it.";

function Note({ failure, note }: Readonly<{ failure: Error | null; note: string | null }>) {
  if (failure === null) return <p className="dim">{note}</p>;
  return (
    <p className="tone-error" role="alert">
      {describeFailure(failure)}
    </p>
  );
}

type ButtonsProps = Readonly<{
  choice: ApplyChoice | null;
  nothingToDo: boolean;
  sending: boolean;
  /** The question was answered with no: the keyboard goes on where it came from. */
  focused: boolean;
  onPress: (button: ApplyButton) => void;
  onCopied: () => void;
}>;

function Buttons({ choice, nothingToDo, sending, focused, onPress, onCopied }: ButtonsProps) {
  if (choice === null) {
    return (
      <Button variant="filled" disabled>
        Apply
      </Button>
    );
  }
  const { primary, secondary } = choice;
  return (
    <>
      {secondary === null ? null : (
        <Button autoFocus={focused} onClick={() => onPress(secondary)}>
          {secondary.label}
        </Button>
      )}
      {"copy" in primary ? (
        <CopyPrimary choice={primary} onCopied={onCopied} />
      ) : (
        <Button
          variant="filled"
          autoFocus={focused && secondary === null}
          disabled={nothingToDo}
          loading={sending}
          onClick={() => onPress(primary)}
        >
          {primary.label}
        </Button>
      )}
    </>
  );
}

function CopyPrimary({ choice, onCopied }: Readonly<{ choice: CopyChoice; onCopied: () => void }>) {
  const { copy, label, repository } = choice;
  return (
    <CopyButton
      value={() => {
        if (repository) onCopied();
        return copy;
      }}
      label={label}
      variant="filled"
    >
      {label}
    </CopyButton>
  );
}

type ConfirmProps = Readonly<{
  button: ApplyButton;
  preflight: Preflight;
  failure: Error | null;
  sending: boolean;
  onBack: () => void;
  onSend: () => void;
}>;

function Confirm({ button, preflight, failure, sending, onBack, onSend }: ConfirmProps) {
  const { sentence, label, showsOwner } = button.confirm ?? {
    sentence: "",
    label: button.label,
    showsOwner: false,
  };
  const { ownership, repository } = preflight;
  return (
    <div className="attach-foot attach-confirm" role="alertdialog" aria-label={label}>
      <div className="attach-confirm-text">
        {showsOwner && ownership !== null ? (
          <>
            <p>
              <b>Mooring takes the field from its owner:</b>
            </p>
            <OwnerFacts owner={ownership} repository={repository} />
          </>
        ) : null}
        <Note failure={failure} note={sentence} />
      </div>
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

function isConflict(error: Error): boolean {
  return error instanceof ProblemError && error.problem.status === 409;
}

function describeFailure(error: Error): string {
  if (!(error instanceof ProblemError))
    return "Mooring's server did not answer. Nothing was stored; try again.";
  const inputs = error.problem.errors?.map(({ detail }) => detail).join("; ");
  return inputs ? `${error.message}: ${inputs}` : error.message;
}
