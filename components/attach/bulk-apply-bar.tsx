"use client";

import { Button } from "@mantine/core";
import { useState } from "react";

import { useCreateAttachments, type BulkOutcome } from "@/components/query/attachments";
import type { CreateAttachment } from "@/server/contract/attachment";
import type { BulkPreflight } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { toBulkRows, type BulkRow } from "./bulk-plan";
import { newIdempotencyKey } from "./idempotency-key";
import { OwnerFacts } from "./owner-facts";

type BulkApplyBarProps = Readonly<{
  namespace: string;
  rows: readonly ServiceView[];
  request: Pick<CreateAttachment, "claimName" | "persistence" | "comment">;
  /** null: nothing chosen, or its result is not in yet. */
  preflight: BulkPreflight | null;
  onStored: (ids: readonly string[]) => void;
}>;

/** How many requests a press stores; fields of other managers are taken only after showing whose they are. */
export function BulkApplyBar({ namespace, rows, request, preflight, onStored }: BulkApplyBarProps) {
  const [asking, setAsking] = useState(false);
  const create = useCreateAttachments(namespace);
  const plan = preflight === null ? [] : toBulkRows(preflight);
  const plain = plan.filter(({ fate }) => fate === "ready" || fate === "waits");
  const owned = plan.filter(({ fate }) => fate === "owned");
  const failures = (create.data ?? []).filter(({ problem }) => problem !== null);
  const send = (chosen: readonly BulkRow[]) => {
    create.mutate(
      chosen.map(({ name, fate }) => ({
        ...request,
        ...(fate === "owned" ? { takeOwnership: true } : {}),
        name,
        expectedClaimName: rows.find((row) => row.name === name)?.cache.declaredClaim ?? null,
        idempotencyKey: newIdempotencyKey(),
      })),
      {
        onSuccess: (outcomes) => {
          const ids = outcomes.flatMap(({ id }) => id ?? []);
          if (ids.length > 0) onStored(ids);
        },
      },
    );
  };
  if (asking) {
    return (
      <AskOwnership
        owned={owned}
        sending={create.isPending}
        onBack={() => setAsking(false)}
        onSend={() => send([...plain, ...owned])}
      />
    );
  }
  return (
    <div className="attach-foot">
      <Note failures={failures} owned={owned.length} />
      <span className="attach-buttons">
        {owned.length === 0 ? null : (
          <Button onClick={() => setAsking(true)}>Take ownership of {owned.length}…</Button>
        )}
        <Button
          variant="filled"
          disabled={plain.length === 0}
          loading={create.isPending}
          onClick={() => send(plain)}
        >
          {plain.length === 0 ? "Apply" : `Apply to ${countOf(plain.length)}`}
        </Button>
      </span>
    </div>
  );
}

function countOf(count: number): string {
  return count === 1 ? "1 service" : `${count} services`;
}

function Note({ failures, owned }: Readonly<{ failures: readonly BulkOutcome[]; owned: number }>) {
  if (failures.length > 0) {
    return (
      <p className="tone-error" role="alert">
        {failures.map(({ name, problem }) => `${name}: ${problem ?? ""}`).join(" ")}
      </p>
    );
  }
  if (owned === 0) return <p className="dim">One request is stored for each service.</p>;
  const whose = owned === 1 ? "1 is left out: its field" : `${owned} are left out: their fields`;
  return <p className="dim">{whose} would have to be taken from another manager.</p>;
}

type AskProps = Readonly<{
  owned: readonly BulkRow[];
  sending: boolean;
  onBack: () => void;
  onSend: () => void;
}>;

function AskOwnership({ owned, sending, onBack, onSend }: AskProps) {
  return (
    <div className="attach-foot attach-confirm" role="alertdialog" aria-label="Take ownership">
      <div className="attach-confirm-text bulk-owners">
        <p>
          <b>Mooring takes the field from its owner:</b>
        </p>
        {owned.map(({ name, owner, repository }) =>
          owner === null ? null : (
            <div key={name}>
              <p className="mono">{name}</p>
              <OwnerFacts owner={owner} repository={repository} />
            </div>
          ),
        )}
      </div>
      <span className="attach-buttons">
        <Button autoFocus onClick={onBack}>
          Back
        </Button>
        <Button variant="filled" loading={sending} onClick={onSend}>
          Take ownership and apply
        </Button>
      </span>
    </div>
  );
}
