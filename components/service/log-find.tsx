"use client";

import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";

import { TextField } from "@/components/primitives/text-field";
import { describeMatches, stepMatch, type LogMatch } from "./log-search";

type LogFindProps = Readonly<{
  wanted: string;
  onWanted: (text: string) => void;
  matches: readonly LogMatch[];
  current: LogMatch | null;
  onCurrent: (match: LogMatch | null) => void;
}>;

/** Finds text in the log: Enter goes to the next match, Shift and Enter to the one before, Escape ends it. */
export function LogFind({ wanted, onWanted, matches, current, onCurrent }: LogFindProps) {
  const step = (by: 1 | -1) => onCurrent(stepMatch(matches, current, by));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && wanted !== "") {
      event.stopPropagation();
      onWanted("");
    }
  };
  return (
    <span className="logs-find" role="search">
      <TextField
        className="logs-search"
        placeholder="Find in the log"
        aria-label="Find in the log"
        value={wanted}
        onText={(text) => {
          onCurrent(null);
          onWanted(text);
        }}
        onKeyDown={onKeyDown}
        hint={
          <span className="logs-count faint num" role="status">
            {describeMatches(matches, current, wanted)}
          </span>
        }
      />
      <StepButton label="Previous match" disabled={matches.length === 0} onPress={() => step(-1)}>
        <IconChevronUp size={15} stroke={1.7} aria-hidden />
      </StepButton>
      <StepButton label="Next match" disabled={matches.length === 0} onPress={() => step(1)}>
        <IconChevronDown size={15} stroke={1.7} aria-hidden />
      </StepButton>
    </span>
  );
}

type StepButtonProps = Readonly<{
  label: string;
  disabled: boolean;
  onPress: () => void;
  children: React.ReactNode;
}>;

function StepButton({ label, disabled, onPress, children }: StepButtonProps) {
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={label}
      data-tip={label}
      disabled={disabled}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
