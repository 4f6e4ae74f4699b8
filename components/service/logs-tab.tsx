"use client";

import { Button } from "@mantine/core";
import { IconDownload, IconFileText } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { TextField } from "@/components/primitives/text-field";
import { EmptyState, ErrorState } from "@/components/primitives/states";
import { logUrl, useLogs, type LogState, type LogTarget } from "@/components/query/use-logs";
import type { PodView, ServiceView } from "@/server/contract/service-view";
import { pickContainer, toLogRows } from "./log-lines";
import { LogRows } from "./log-rows";
import { useServiceUrl } from "./use-service-url";

type LogsTabProps = Readonly<{ service: ServiceView; pods: readonly PodView[] }>;

/** The log of one container; the failing one unless the reader chose another. */
export function LogsTab({ service, pods }: LogsTabProps) {
  const url = useServiceUrl();
  const picked = pickContainer(pods);
  // Chosen once: a log must not change under the reader because another container moved on.
  const [first] = useState(picked);
  const chosen =
    url.pod === null || url.container === null
      ? (first ?? picked)
      : { pod: url.pod, container: url.container };
  if (chosen === null) {
    return (
      <EmptyState icon={IconFileText} title="No pods, no logs">
        Logs appear as soon as the first pod of {service.name} starts.
      </EmptyState>
    );
  }
  return (
    <LogView
      key={`${chosen.pod}/${chosen.container}`}
      service={service}
      pods={pods}
      pod={chosen.pod}
      container={chosen.container}
      onChoose={url.openLogs}
    />
  );
}

type LogViewProps = LogsTabProps &
  Readonly<{
    pod: string;
    container: string;
    onChoose: (pod: string, container: string) => void;
  }>;

function LogView({ service, pods, pod, container, onChoose }: LogViewProps) {
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [search, setSearch] = useState("");
  const target: LogTarget = {
    namespace: service.namespace,
    name: service.name,
    pod,
    container,
    follow,
  };
  const log = useLogs(target);
  const rows = useMemo(() => toLogRows(log.lines), [log.lines]);
  const box = useRef<HTMLDivElement>(null);
  // Follows only while the reader is at the end: whoever scrolled up is reading.
  const atEnd = useRef(true);
  useEffect(() => {
    if (follow && atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [rows, follow]);
  return (
    <div className="logs">
      <div className="logs-tools">
        <select
          className="select"
          aria-label="Container"
          value={`${pod}/${container}`}
          onChange={(event) => {
            const [nextPod = "", nextContainer = ""] = event.currentTarget.value.split("/");
            onChoose(nextPod, nextContainer);
          }}
        >
          {pods.map((entry) => (
            <optgroup key={entry.name} label={entry.name}>
              {entry.containers.map((choice) => (
                <option key={choice.name} value={`${entry.name}/${choice.name}`}>
                  {choice.name} · {describeContainer(choice)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <TextField
          className="logs-search"
          placeholder="Find in the log"
          aria-label="Find in the log"
          value={search}
          onText={setSearch}
        />
        <label className="check">
          <input type="checkbox" checked={follow} onChange={() => setFollow(!follow)} /> Follow
        </label>
        <label className="check">
          <input type="checkbox" checked={wrap} onChange={() => setWrap(!wrap)} /> Wrap
        </label>
        <span className="logs-status dim" role="status">
          {describeLog(log)}
        </span>
        <Button
          component="a"
          href={logUrl({ ...target, follow: false }, null)}
          download={`${pod}-${container}.log`}
          leftSection={<IconDownload size={14} stroke={1.7} />}
        >
          Download
        </Button>
      </div>
      {log.status === "failed" ? (
        <ErrorState error={log.error} />
      ) : (
        <LogRows
          ref={box}
          rows={rows}
          search={search}
          wrap={wrap}
          quiet={log.status === "connecting"}
          onAtEnd={(value) => {
            atEnd.current = value;
          }}
        />
      )}
    </div>
  );
}

function describeContainer({ state, reason, exitCode }: PodView["containers"][number]): string {
  if (exitCode !== null && exitCode !== 0) return `failed, exit code ${exitCode}`;
  return reason ?? state;
}

function describeLog(log: LogState): string {
  const lines = `${log.lines.length + log.dropped} lines`;
  switch (log.status) {
    case "connecting":
      return "Connecting…";
    case "following":
      return `${lines}, following`;
    case "ended":
      return `${lines}, ended`;
    case "failed":
      return "Could not be read";
  }
}
