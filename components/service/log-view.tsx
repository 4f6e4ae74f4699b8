"use client";

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMemo, useState, type ReactNode } from "react";

import { ErrorState } from "@/components/primitives/states";
import { logUrl, useLogs, type LogState, type LogTarget } from "@/components/query/use-logs";
import type { ServiceView } from "@/server/contract/service-view";
import { describeRun, runOf, type ChosenLog, type ContainerFacts } from "./log-choice";
import { LogFind } from "./log-find";
import { toLogRows } from "./log-lines";
import { LogRows } from "./log-rows";
import { findMatches, type LogMatch } from "./log-search";
import { useServiceUrl } from "./use-service-url";

type LogViewProps = Readonly<{
  service: ServiceView;
  /** null once the pod is gone. */
  facts: ContainerFacts | null;
  chosen: ChosenLog;
  chooser: ReactNode;
}>;

/** One run of one container: its lines, what is looked for in them, and how they are shown. */
export function LogView({ service, facts, chosen, chooser }: LogViewProps) {
  const { find, setFind } = useServiceUrl();
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [timestamps, setTimestamps] = useState(false);
  const [current, setCurrent] = useState<LogMatch | null>(null);
  const target: LogTarget = {
    namespace: service.namespace,
    name: service.name,
    ...chosen,
    timestamps,
    follow,
  };
  const shown = useShownRun(facts, chosen.previous);
  const log = useLogs(target, shown.attempt);
  const rows = useMemo(
    () => toLogRows(log.lines, { dropped: log.dropped, stamped: timestamps }),
    [log, timestamps],
  );
  const matches = useMemo(() => findMatches(rows, find), [rows, find]);
  return (
    <div className="logs">
      <div className="logs-tools">
        {chooser}
        <LogFind
          wanted={find}
          onWanted={setFind}
          matches={matches}
          current={current}
          onCurrent={setCurrent}
        />
        <Check label="Follow" checked={follow} onChange={setFollow} />
        <Check label="Wrap" checked={wrap} onChange={setWrap} />
        <Check label="Times" checked={timestamps} onChange={setTimestamps} />
        <span className="logs-status dim" role="status">
          {describeLog(log)}
        </span>
        <Button
          component="a"
          href={logUrl({ ...target, follow: false }, "all")}
          download={`${chosen.pod}-${chosen.container}${chosen.previous ? "-previous" : ""}.log`}
          leftSection={<IconDownload size={14} stroke={1.7} />}
        >
          Download
        </Button>
      </div>
      <LogNote facts={facts} previous={chosen.previous} shown={shown} />
      {log.status === "failed" && log.lines.length === 0 ? (
        <ErrorState error={log.error} onRetry={shown.reload} />
      ) : (
        <LogRows
          rows={rows}
          matches={matches}
          current={current}
          wrap={wrap}
          quiet={log.status === "connecting"}
          follow={follow}
          live={log.status === "following"}
        />
      )}
    </div>
  );
}

type ShownRun = Readonly<{ attempt: number; isOld: boolean; reload: () => void }>;

/** Which run the lines are of, while the container goes on to others. */
function useShownRun(facts: ContainerFacts | null, previous: boolean): ShownRun {
  const run = facts === null ? null : runOf(facts, previous);
  const [state, setState] = useState({ attempt: 0, run });
  return {
    attempt: state.attempt,
    isOld: run !== null && run !== state.run,
    reload: () => setState({ attempt: state.attempt + 1, run }),
  };
}

function LogNote(
  props: Readonly<{ facts: ContainerFacts | null; previous: boolean; shown: ShownRun }>,
) {
  const { facts, previous, shown } = props;
  if (shown.isOld) {
    return (
      <p className="log-note dim">
        <span>The container has been started again since this was read.</span>
        <button type="button" className="link-button" onClick={shown.reload}>
          {previous ? "Read the newer one" : "Show the present run"}
        </button>
      </p>
    );
  }
  const text = describeRun(facts, previous);
  return text === null ? null : <p className="log-note dim">{text}</p>;
}

type CheckProps = Readonly<{ label: string; checked: boolean; onChange: (on: boolean) => void }>;

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={() => onChange(!checked)} /> {label}
    </label>
  );
}

function describeLog({ lines, dropped, status }: LogState): string {
  const total = (lines.length + dropped).toLocaleString("en-GB");
  const text =
    dropped > 0
      ? `The newest ${lines.length.toLocaleString("en-GB")} of ${total} lines`
      : `${total} ${lines.length === 1 ? "line" : "lines"}`;
  switch (status) {
    case "connecting":
      return "Connecting…";
    case "following":
      return `${text}, following`;
    case "ended":
      return `${text}, ended`;
    case "failed":
      return lines.length === 0 ? "Could not be read" : `${text}, then the connection was lost`;
  }
}
