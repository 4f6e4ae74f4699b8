import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Finding } from "@/server/contract/finding";
import type { ServiceDetail } from "@/server/contract/service-view";
import type { TimelineItem } from "@/server/contract/timeline";
import { buildReport, type ReportParts } from "./build-report";

const HOSTILE = [
  "``` fence",
  "a | b | c",
  '<img src=x onerror="alert(1)"> <script>alert(1)</script>',
  "line one\nline two\r\n# heading",
  "[link](javascript:alert(1)) ![i](http://x/y)",
  "@everyone look at #12",
  "`tick` ``two`` ```three```",
  "\u001B[31mred\u001B[0m\u202Eabc",
  "- item\n1. item\n> quote\n---",
  "</details> &lt; &amp;",
];
const hostile = HOSTILE.join(" ");

const FINDING: Finding = {
  code: "ModelTransferOutOfSpace",
  severity: "error",
  message: `The disk is full: ${hostile}`,
  nextStep: `Free space ${hostile}`,
  since: "2026-03-01T11:00:00Z",
  evidence: [
    {
      kind: "Pod",
      namespace: "ml",
      name: `llama-${hostile}`,
      field: "status.initContainerStatuses[model-downloader]",
      value: `exit code 23: ${hostile}`,
      observedAt: "2026-03-01T11:00:01Z",
    },
    {
      kind: "Node",
      namespace: null,
      name: "gpu-1",
      field: "status",
      value: "",
      observedAt: null,
    },
  ],
  actions: [],
};

const DETAIL: ServiceDetail = {
  namespace: "ml",
  name: "llama",
  uid: "u1",
  createdAt: "2026-03-01T10:00:00Z",
  modelRef: hostile,
  runtime: "llamacpp",
  phase: "Creating",
  model: null,
  cache: {
    kind: "Shared",
    declaredClaim: null,
    effectiveClaim: "c",
    rolledOutClaim: "c",
    mountedClaims: [hostile],
    persistence: null,
    fieldOwner: null,
  },
  download: null,
  replicas: { desired: 1, ready: 0 },
  nodeNames: ["gpu-1"],
  storageClass: null,
  severity: "error",
  findings: [FINDING],
  attachment: null,
  generation: 1,
  chain: [
    {
      kind: "Pod",
      name: null,
      title: "0 of 1 ready",
      subtitle: hostile,
      health: "error",
      edge: { health: "error", sentence: hostile },
    },
  ],
  conditions: [
    {
      type: "Available",
      status: "False",
      reason: "Creating",
      message: hostile,
      lastTransitionTime: "2026-03-01T10:59:00Z",
      tone: "bad",
    },
  ],
  pods: [],
  downloads: [],
  attachments: [],
  lastWriter: null,
  yaml: { service: "", model: null, deployment: null },
};

const item = (message: string): TimelineItem => ({
  id: "1",
  at: "2026-03-01T11:00:00Z",
  source: "Event",
  kind: "Pod",
  namespace: "ml",
  name: hostile,
  reason: "BackOff",
  message,
  severity: "warning",
  count: 4,
  actor: hostile,
});

function parts(change: Partial<ReportParts> = {}): ReportParts {
  return {
    service: DETAIL,
    detail: DETAIL,
    finding: FINDING,
    timeline: { value: [item(hostile)] },
    log: {
      pod: "llama-x",
      container: "model-downloader",
      previous: true,
      lines: { value: HOSTILE.flatMap((text) => text.split("\n")) },
      link: "https://mooring.example/x?tab=logs",
    },
    cluster: null,
    link: "https://mooring.example/x?finding=ModelTransferOutOfSpace",
    now: new Date("2026-03-01T11:00:30Z"),
    ...change,
  };
}

/** What is left for Markdown to take as markup once code blocks, code spans, escapes and our own links are gone. */
function prose(report: string): string {
  const withoutBlocks = report.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gmu, "");
  const withoutSpans = withoutBlocks.replace(/(?<![\\`])(`+)(?!`)[\s\S]*?[^`]\1(?!`)/gu, "CODE");
  return withoutSpans
    .replace(/\\[!-/:-@[-`{-~]/gu, "")
    .replace(/<https:\/\/mooring\.example[^>]*>/gu, "");
}

describe("buildReport", () => {
  const report = buildReport(parts());

  it("gives the finding with evidence and its times, the chain, the log, conditions, timeline and where to see it", () => {
    const expected = [
      /^# InferenceService `ml\/llama`: Creating$/mu,
      /^As of 2026-03-01T11:00:30.000Z · <https:\/\/mooring\.example\/x\?finding=ModelTransferOutOfSpace>$/mu,
      /^## error: The disk is full:/mu,
      /`ModelTransferOutOfSpace` since 2026-03-01T11:00:00Z/u,
      /`status\.initContainerStatuses\[model-downloader\]`.*\(2026-03-01T11:00:01Z\)$/mu,
      /^- Node `gpu-1` `status`: \(empty\) \(time unknown\)$/mu,
      /^## Chain$/mu,
      /^## Log of `model-downloader` in pod `llama-x`, the run before$/mu,
      /^All of it: <https:\/\/mooring\.example\/x\?tab=logs>$/mu,
      /^## Conditions$/mu,
      /^- `Available=False` Creating:/mu,
      /^## Timeline, newest first$/mu,
      /\(4 times\)/u,
    ];
    for (const part of expected) expect(report).toMatch(part);
  });

  it("lets nothing of the cluster become markup, a mention or another line", () => {
    const left = prose(report);
    expect(left).not.toMatch(/[<>`[\]|]/u);
    expect(left.match(/^#+ /gmu)).toHaveLength(6);
    expect(left).not.toMatch(/@(?!\u200B)|#\d/u);
    expect(report).not.toMatch(/\u001B|\u202E/u);
    for (const line of left.split("\n").filter((text) => text !== "")) {
      expect(line).toMatch(/^(# |## |- |As of |CODE|Next step: |All of it: )/u);
    }
  });

  it.each(HOSTILE)("keeps a log line as it is within its block: %j", (text) => {
    const [line = ""] = text.split("\n");
    const log = parts().log;
    const one = buildReport(parts({ log: log && { ...log, lines: { value: [line, "end"] } } }));
    const block = /^(`{3,})text\n([\s\S]*?)\n\1$/mu.exec(one);
    const plain = line.replace(/\u001B\[\d+m|\u202E|\r/gu, "");
    expect(block?.[2]).toBe(`${plain}\nend`);
  });

  it("is bounded, whatever the cluster says, and leaves no block open", () => {
    const long = "x`<|".repeat(5_000);
    const many = Array.from({ length: 400 }, () => item(long));
    const evidence = FINDING.evidence.flatMap((fact) =>
      Array.from({ length: 200 }, () => ({ ...fact, value: long })),
    );
    const finding = { ...FINDING, message: long, evidence };
    const lines = { value: Array.from({ length: 4_000 }, () => long) };
    const log = parts().log;
    const findings = Array.from({ length: 40 }, () => ({ ...finding }));
    const huge = buildReport(
      parts({
        service: { ...DETAIL, findings },
        finding,
        timeline: { value: many },
        log: log && { ...log, lines },
      }),
    );
    expect(huge.length).toBeLessThan(31_000);
    expect((huge.match(/^`{3,}(text)?$/gmu) ?? []).length % 2).toBe(0);
  });

  it("says what could not be read, and what is not known", () => {
    const log = parts().log;
    const poor = buildReport(
      parts({
        detail: null,
        timeline: { problem: "The database is locked" },
        log: log && { ...log, lines: { problem: "pods/log is forbidden" } },
      }),
    );
    expect(poor).toContain("Could not be read: The database is locked");
    expect(poor).toContain("Could not be read: pods/log is forbidden");
    expect(poor).toContain("size unknown");
    expect(buildReport(parts({ service: { ...DETAIL, findings: [] }, finding: null }))).toContain(
      "## No findings",
    );
  });

  it("never lets a text out of its place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (message, name) => {
        const [fact] = FINDING.evidence;
        const finding = {
          ...FINDING,
          message,
          evidence: fact === undefined ? [] : [{ ...fact, name, value: message }],
        };
        const left = prose(buildReport(parts({ service: { ...DETAIL, findings: [] }, finding })));
        expect(left).not.toMatch(/[<>`[\]|]/u);
      }),
    );
  });
});
