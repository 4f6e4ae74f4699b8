"use client";

import { Button } from "@mantine/core";
import { IconCheck, IconFileText } from "@tabler/icons-react";

import type { ReportSubject } from "./collect-report";
import type { Report } from "./use-report";

type ReportButtonProps = Readonly<{ report: Report; subject: ReportSubject }>;

/** Copies the report about one finding. */
export function ReportButton({ report, subject }: ReportButtonProps) {
  const isMine = report.state.of === (subject.finding?.code ?? "");
  const copied = isMine && report.state.is === "copied";
  const Icon = copied ? IconCheck : IconFileText;
  return (
    <Button
      leftSection={<Icon size={14} stroke={1.7} />}
      loading={isMine && report.state.is === "working"}
      onClick={() => report.copy(subject)}
    >
      {copied ? "Copied" : "Copy report"}
    </Button>
  );
}
