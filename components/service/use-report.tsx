"use client";

import dynamic from "next/dynamic";
import { useEffect, useState, type ReactNode } from "react";

import { useCluster } from "@/components/query/lists";
import type { ReportSubject } from "./collect-report";

const ReportText = dynamic(async () => (await import("./report-text")).ReportText, { ssr: false });

export type Report = Readonly<{
  copy: (subject: ReportSubject) => void;
  /** Of what was asked for last, by the finding's code; "" for the whole service. */
  state: Readonly<{ of: string | null; is: "idle" | "working" | "copied" }>;
  /** Has to be on the page: says how it went, or shows the text where the browser does not let it be copied. */
  node: ReactNode;
}>;

const SHOWN_MS = 1_600;

/** Copies a report about a service, which is put together when it is asked for. */
export function useReport(): Report {
  const cluster = useCluster();
  const [state, setState] = useState<Report["state"]>({ of: null, is: "idle" });
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    if (state.is !== "copied") return undefined;
    const timer = setTimeout(() => setState({ of: null, is: "idle" }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (subject: ReportSubject) => {
    const of = subject.finding?.code ?? "";
    setState({ of, is: "working" });
    const context = { cluster: cluster ?? null, address: window.location.href, now: new Date() };
    const { collectReport } = await import("./collect-report");
    const report = await collectReport(subject, context);
    const copied = await putOnClipboard(report);
    if (!copied) setText(report);
    setState(copied ? { of, is: "copied" } : { of: null, is: "idle" });
  };
  return {
    copy: (subject) => void copy(subject),
    state,
    node: (
      <>
        <span className="visually-hidden" role="status">
          {state.is === "copied" ? "Report copied" : ""}
        </span>
        {text === null ? null : <ReportText text={text} onClose={() => setText(null)} />}
      </>
    ),
  };
}

async function putOnClipboard(text: string): Promise<boolean> {
  // Absent on plain http beyond loopback.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    await clipboard?.writeText(text);
    return clipboard !== undefined;
  } catch {
    return false; // refused by the browser or its user: the text is shown instead
  }
}
