"use client";

import { useState } from "react";

import type { BulkPreflight, Check } from "@/server/contract/preflight";
import { summariseFates, toBulkRows, type BulkFate, type BulkRow } from "./bulk-plan";
import { CheckRow, VerdictMark } from "./check-row";

type BulkResultProps = Readonly<{
  preflight: BulkPreflight;
  /** The result of the choice before, while the new one is computed. */
  stale: boolean;
}>;

/** What the claim means for all the services together, then for each. */
export function BulkResult({ preflight, stale }: BulkResultProps) {
  const rows = toBulkRows(preflight);
  return (
    <div className="preflight" data-stale-result={stale || undefined} aria-busy={stale}>
      <p className="impact">{summariseFates(rows)}</p>
      {preflight.combined.length === 0 ? null : (
        <>
          <h3 className="group-label">All together</h3>
          <ul className="checks" aria-label="Checks of all together">
            {preflight.combined.map((check) => (
              <CheckRow key={`${check.code}${check.message}`} check={check} />
            ))}
          </ul>
        </>
      )}
      <h3 className="group-label">Each alone</h3>
      <ul className="bulk-rows" aria-label="Services">
        {rows.map((row) => (
          <ServiceRow key={row.name} row={row} />
        ))}
      </ul>
    </div>
  );
}

const FATES = {
  ready: "Can be applied.",
  waits: "Is stored and waits while a check blocks.",
  owned: "Another manager owns the field.",
  already: "Its spec says so already.",
  forbidden: "You may not change this service.",
  gone: "There is no such service any more.",
} as const satisfies Record<BulkFate, string>;

function ServiceRow({ row }: Readonly<{ row: BulkRow }>) {
  const { name, fate, owner, repository, preflight } = row;
  return (
    <li className="bulk-row">
      <VerdictMark verdict={toMark(row)} />
      <div>
        <p>
          <b className="mono">{name}</b> <span className="dim">{sentenceOf(row)}</span>
        </p>
        {owner !== null && fate === "owned" ? (
          <small>
            <span className="mono">{owner.manager}</span>
            {repository === null ? "" : `: ${repository.consequence}`}
          </small>
        ) : null}
        {preflight === null ? null : (
          <ServiceChecks
            name={name}
            checks={preflight.checks}
            impact={fate === "ready" || fate === "waits" ? preflight.impact.sentence : ""}
          />
        )}
      </div>
    </li>
  );
}

function sentenceOf({ fate, preflight }: BulkRow): string {
  const blocking = preflight?.checks.find(({ verdict }) => verdict === "block");
  return fate === "waits" && blocking ? blocking.message : FATES[fate];
}

type ServiceChecksProps = Readonly<{ name: string; checks: readonly Check[]; impact: string }>;

function ServiceChecks({ name, checks, impact }: ServiceChecksProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <small>
        {impact}{" "}
        <button
          type="button"
          className="link-button"
          aria-expanded={open}
          aria-label={`${open ? "Hide" : "Show"} the checks of ${name}`}
          onClick={() => setOpen(!open)}
        >
          {open ? "Hide checks" : `Checks (${checks.length})`}
        </button>
      </small>
      {open ? (
        <ul className="checks" aria-label={`Checks of ${name}`}>
          {checks.map((check) => (
            <CheckRow key={`${check.code}${check.message}`} check={check} />
          ))}
        </ul>
      ) : null}
    </>
  );
}

function toMark({ fate, preflight }: BulkRow) {
  if (fate === "already") return "pass";
  if (fate === "owned") return "warn";
  return preflight?.verdict ?? "block";
}
