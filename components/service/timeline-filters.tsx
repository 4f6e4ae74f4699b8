"use client";

import type { TimelineFilter } from "@/components/query/details";
import type { Timeline, TimelineSource } from "@/server/contract/timeline";

const SOURCES = [
  ["Event", "Events"],
  ["Change", "Changes"],
  ["Attachment", "Attachments"],
  ["Finding", "Findings"],
] as const satisfies readonly (readonly [TimelineSource, string])[];

type TimelineFiltersProps = Readonly<{
  filter: TimelineFilter;
  objects: NonNullable<Timeline["objects"]>;
  serviceName: string;
  onChange: (change: Partial<TimelineFilter>) => void;
}>;

/** Narrows the timeline to a source, a kind of object, or one object. Gaps stay: they are about everything. */
export function TimelineFilters({ filter, objects, serviceName, onChange }: TimelineFiltersProps) {
  const kinds = [...new Set(objects.map(({ kind }) => kind))].sort();
  const named = objects.filter(({ kind }) => filter.kind === null || kind === filter.kind);
  return (
    <div className="timeline-filters" role="group" aria-label="Filter the timeline">
      {SOURCES.map(([value, label]) => (
        <FilterChip
          key={value}
          label={label}
          pressed={filter.source === value}
          onToggle={() => onChange({ source: filter.source === value ? null : value })}
        />
      ))}
      <span className="timeline-divider" aria-hidden />
      {kinds.map((kind) => (
        <FilterChip
          key={kind}
          label={kind === "InferenceService" ? "Service" : kind}
          pressed={filter.kind === kind}
          onToggle={() => onChange({ kind: filter.kind === kind ? null : kind, about: null })}
        />
      ))}
      <select
        className="chip timeline-about"
        aria-label="Object"
        value={filter.about ?? ""}
        onChange={({ target }) => onChange({ about: target.value === "" ? null : target.value })}
      >
        <option value="">Every object</option>
        {[...new Set([...named.map(({ name }) => name), filter.about ?? serviceName])].map(
          (name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ),
        )}
      </select>
    </div>
  );
}

type FilterChipProps = Readonly<{ label: string; pressed: boolean; onToggle: () => void }>;

function FilterChip({ label, pressed, onToggle }: FilterChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={pressed} onClick={onToggle}>
      {label}
    </button>
  );
}
