import { formatBytes } from "@/components/format/bytes";
import type { Cluster } from "@/server/contract/cluster";
import type { Evidence, Finding } from "@/server/contract/finding";
import type { ServiceDetail, ServiceView } from "@/server/contract/service-view";
import type { TimelineItem } from "@/server/contract/timeline";
import type { ChosenLog } from "./log-choice";
import { mdBlock, mdCode, mdText } from "./markdown-text";

/** What could not be read says why in its place. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

export type ReportParts = Readonly<{
  service: ServiceView;
  detail: ServiceDetail | null;
  /** Comes first; null: the worst. */
  finding: Finding | null;
  timeline: Read<readonly TimelineItem[]>;
  /** The last lines of the container that matters; null when there is none. */
  log: (ChosenLog & Readonly<{ lines: Read<readonly string[]>; link: string }>) | null;
  cluster: Cluster | null;
  /** Opens what was seen when the report was made. */
  link: string;
  now: Date;
}>;

const MOST_FINDINGS = 8;
const MOST_EVIDENCE = 12;
const MOST_TIMELINE = 15;
const MOST_LOG_LINES = 30;
const MOST_CONDITIONS = 12;
/** Issue trackers take some 65,000 characters, chats less. */
const LONGEST = 30_000;

/** What a colleague or an issue needs to know about a service, as Markdown in which nothing of the cluster is markup. */
export function buildReport(parts: ReportParts): string {
  const { service, now, link } = parts;
  const findings = ordered(parts);
  const sections = [
    `# InferenceService ${mdCode(`${service.namespace}/${service.name}`)}: ${mdText(service.phase ?? "no status", 60)}`,
    `As of ${now.toISOString()} · <${link}>`,
    bullets(factsOf(parts)),
    findings.length === 0 ? "## No findings" : "",
    ...findings.slice(0, MOST_FINDINGS).map(findingSection),
    findings.length > MOST_FINDINGS ? `…and ${findings.length - MOST_FINDINGS} more findings.` : "",
    chainSection(parts),
    logSection(parts),
    conditionSection(parts),
    timelineSection(parts),
    versionSection(parts),
  ];
  const text = sections.filter((section) => section !== "").join("\n\n");
  return text.length <= LONGEST ? `${text}\n` : `${closed(text)}\n\n(cut here: too long)\n`;
}

/** Cut at the end of a line; a code block that is open there is closed. */
function closed(text: string): string {
  const head = text.slice(0, text.lastIndexOf("\n", LONGEST));
  const fences = head.match(/^`{3,}/gmu) ?? [];
  return fences.length % 2 === 0 ? head : `${head}\n${fences.at(-1) ?? ""}`;
}

function ordered({ service, finding }: ReportParts): readonly Finding[] {
  if (finding === null) return service.findings;
  return [finding, ...service.findings.filter((other) => other !== finding)];
}

function factsOf({ service }: ReportParts): string[] {
  const { cache, model, replicas, nodeNames } = service;
  const size = model?.sizeBytes == null ? "size unknown" : formatBytes(model.sizeBytes);
  const code = (name: string | null) => (name === null ? "none" : mdCode(name));
  return [
    `Model: ${mdCode(service.modelRef)}, ${size}${model === null ? "" : `, from ${mdCode(model.source)}`}`,
    `Cache: ${cache.kind}; declared ${code(cache.declaredClaim)}, rolled out ${code(cache.rolledOutClaim)}, mounted ${cache.mountedClaims.map((name) => mdCode(name)).join(", ") || "none"}`,
    `Replicas: ${replicas.ready} of ${replicas.desired} ready; nodes ${nodeNames.map((name) => mdCode(name)).join(", ") || "none"}`,
  ];
}

function findingSection({ code, severity, message, nextStep, since, evidence }: Finding): string {
  const more = evidence.length - MOST_EVIDENCE;
  return [
    `## ${severity}: ${mdText(message)}`,
    `${mdCode(code)}${since === null ? "" : ` since ${mdText(since, 40)}`}`,
    `Next step: ${mdText(nextStep)}`,
    ...(evidence.length === 0 ? [] : [bullets(evidence.slice(0, MOST_EVIDENCE).map(factOf))]),
    ...(more > 0 ? [`…and ${more} more facts.`] : []),
  ].join("\n\n");
}

function factOf({ kind, namespace, name, field, value, observedAt }: Evidence): string {
  const object = namespace === null ? name : `${namespace}/${name}`;
  const when = observedAt === null ? "time unknown" : mdText(observedAt, 40);
  return `${mdText(kind, 60)} ${mdCode(object)} ${mdCode(field)}: ${mdCode(value)} (${when})`;
}

function chainSection({ detail }: ReportParts): string {
  if (detail === null) return "";
  const links = detail.chain.map(({ kind, name, health, subtitle, edge }) => {
    const what = mdText(subtitle, 120);
    const broken = edge.sentence === null ? "" : ` ← ${mdText(edge.sentence, 200)}`;
    return `${mdText(kind, 60)} ${name === null ? "(none)" : mdCode(name)}: ${health}${what === "" ? "" : `, ${what}`}${broken}`;
  });
  return `## Chain\n\n${bullets(links)}`;
}

function logSection({ log }: ReportParts): string {
  if (log === null) return "";
  const { pod, container, previous, lines, link } = log;
  const title = `## Log of ${mdCode(container)} in pod ${mdCode(pod)}${previous ? ", the run before" : ""}`;
  if ("problem" in lines) return `${title}\n\nCould not be read: ${mdText(lines.problem)}`;
  const last = lines.value.slice(-MOST_LOG_LINES);
  const body = last.length === 0 ? "It has not written anything." : mdBlock(last);
  return `${title}\n\n${body}\n\nAll of it: <${link}>`;
}

function conditionSection({ detail }: ReportParts): string {
  const conditions = detail?.conditions ?? [];
  if (conditions.length === 0) return "";
  const lines = conditions.slice(0, MOST_CONDITIONS).map((condition) => {
    const { type, status, reason, message, lastTransitionTime } = condition;
    const when = lastTransitionTime === null ? "time unknown" : mdText(lastTransitionTime, 40);
    return `${mdCode(`${type}=${status}`)} ${mdText(reason, 100)}: ${mdText(message, 300)} (${when})`;
  });
  return `## Conditions\n\n${bullets(lines)}`;
}

function timelineSection({ timeline }: ReportParts): string {
  if ("problem" in timeline) {
    return `## Timeline\n\nCould not be read: ${mdText(timeline.problem)}`;
  }
  if (timeline.value.length === 0) return "";
  const lines = timeline.value.slice(0, MOST_TIMELINE).map((item) => {
    const repeats = item.count > 1 ? ` (${item.count} times)` : "";
    const who = item.actor === null ? "" : `, by ${mdText(item.actor, 100)}`;
    return `${mdText(item.at, 40)} ${mdText(item.kind, 60)} ${mdCode(item.name)} ${mdText(item.reason, 100)}: ${mdText(item.message, 300)}${repeats}${who}`;
  });
  return `## Timeline, newest first\n\n${bullets(lines)}`;
}

function versionSection({ cluster }: ReportParts): string {
  if (cluster === null) return "";
  const kubernetes = cluster.version === null ? "unknown" : mdCode(cluster.version, 60);
  return `## Versions\n\n${bullets([
    `Mooring ${mdCode(cluster.mooringVersion, 60)}${cluster.mode === "sandbox" ? ", on its sandbox (a simulated cluster)" : ""}`,
    `Kubernetes ${kubernetes}`,
    `Operator: ${operatorOf(cluster)}`,
  ])}`;
}

function operatorOf({ operator: { mode, found, search } }: Cluster): string {
  if (found !== null) {
    const image = found.image === null ? "unknown" : mdCode(found.image, 200);
    return `LLMKube ${mdCode(`${found.namespace}/${found.name}`)}, image ${image}`;
  }
  if (mode === "builtin") return "Mooring's own";
  return search === "complete" ? "none found" : "unknown";
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
