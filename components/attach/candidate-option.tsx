"use client";

import type { ReactNode } from "react";

import { formatBytes, formatExactBytes } from "@/components/format/bytes";
import { Unknown } from "@/components/primitives/unknown";
import { UsageBar } from "@/components/primitives/usage-bar";
import type { ClaimCandidate } from "@/server/contract/preflight";
import { candidateReason, describeCandidate, shortAccessMode } from "./group-candidates";

type OptionProps = Readonly<{
  name: string;
  checked: boolean;
  unusable?: boolean;
  onChoose: (claim: string) => void;
  children: ReactNode;
}>;

function Option({ name, checked, unusable = false, onChoose, children }: OptionProps) {
  return (
    <label
      className="option"
      data-checked={checked || undefined}
      data-unusable={unusable || undefined}
    >
      <input
        type="radio"
        name="claim"
        className="visually-hidden"
        value={name}
        checked={checked}
        onChange={() => onChoose(name)}
      />
      {children}
    </label>
  );
}

type CandidateOptionProps = Readonly<{
  candidate: ClaimCandidate;
  /** Names of the services it is for: they are no news beside their own claim. */
  services: readonly string[];
  /** The spec names it now. */
  current: boolean;
  checked: boolean;
  onChoose: (claim: string) => void;
}>;

/** One claim: how much is free, how it may be mounted, and what it holds or why it does not do. */
export function CandidateOption(props: CandidateOptionProps) {
  const { candidate, services, current, checked, onChoose } = props;
  const { claim, verdict } = candidate;
  const capacity = claim.capacityBytes ?? claim.requestedBytes;
  const used = claim.usage?.usedBytes ?? null;
  const unusable = verdict === "block";
  const text = unusable
    ? candidateReason(candidate)
    : describeCandidate(candidate, services) || candidateReason(candidate);
  return (
    <Option name={claim.name} checked={checked} unusable={unusable} onChoose={onChoose}>
      <span className="option-line">
        <b className="mono">{claim.name}</b>
        {claim.accessModes.map((mode) => (
          <span key={mode} className="badge" title={mode}>
            {shortAccessMode(mode)}
          </span>
        ))}
        {claim.volumeMode === "Block" ? <span className="badge">Block</span> : null}
        {current ? <span className="badge">current</span> : null}
        <span className="option-free num">
          <FreeSpace used={used} capacity={capacity} />
        </span>
      </span>
      {used === null ? null : (
        <UsageBar
          used={used}
          capacity={capacity}
          label={`Use of ${claim.name}`}
          shared={claim.usage?.ofClaim === false}
        />
      )}
      <span className="option-text">{text}</span>
    </Option>
  );
}

function FreeSpace({ used, capacity }: Readonly<{ used: number | null; capacity: number | null }>) {
  if (capacity === null) return <Unknown why="The claim has no capacity before it is bound." />;
  if (used === null) {
    return (
      <span title={formatExactBytes(capacity)}>
        {formatBytes(capacity)},{" "}
        <Unknown why="Nothing has measured how full this claim is." word="use unknown" />
      </span>
    );
  }
  const free = Math.max(0, capacity - used);
  return (
    <span title={`${formatExactBytes(free)} of ${formatExactBytes(capacity)}`}>
      {formatBytes(free)} free of {formatBytes(capacity)}
    </span>
  );
}

type NamedOptionProps = Readonly<{
  name: string;
  checked: boolean;
  onChoose: (claim: string) => void;
}>;

/** A claim by name only: asked for now, to be created later. */
export function NamedOption({ name, checked, onChoose }: NamedOptionProps) {
  return (
    <Option name={name} checked={checked} onChoose={onChoose}>
      <span className="option-line">
        <b className="mono">{name}</b>
      </span>
      <span className="option-text">
        No such claim. The request can be stored and waits until you create it; Mooring never does.
      </span>
    </Option>
  );
}
