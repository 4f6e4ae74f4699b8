import { getJson, ProblemError, readProblem, servicePath } from "@/components/query/api-client";
import { logUrl } from "@/components/query/use-logs";
import type { Cluster } from "@/server/contract/cluster";
import type { Finding } from "@/server/contract/finding";
import type { PodView, ServiceDetail, ServiceView } from "@/server/contract/service-view";
import { timelineSchema } from "@/server/contract/timeline";
import { buildReport, type Read } from "./build-report";
import { chooseLog, findContainer, pickContainer, type ChosenLog } from "./log-choice";

export type ReportSubject = Readonly<{
  service: ServiceView;
  detail: ServiceDetail | null;
  /** null: all of them, the worst first. */
  finding: Finding | null;
}>;

const LOG_LINES = 30;
const TIMELINE_ITEMS = 15;

/** The report about a service as the page at `address` shows it; reads the log and the timeline for it. Never throws: what cannot be read says so. */
export async function collectReport(
  subject: ReportSubject,
  context: Readonly<{ cluster: Cluster | null; address: string; now: Date }>,
): Promise<string> {
  const { service, detail, finding } = subject;
  const log = logOf(subject, new URL(context.address));
  const [timeline, lines] = await Promise.all([
    attempt(() => readTimeline(service)),
    log === null ? null : attempt(() => readLines(service, log)),
  ]);
  return buildReport({
    service,
    detail,
    finding,
    timeline,
    log: log && lines && { ...log, lines, link: addressOfLog(context.address, log) },
    cluster: context.cluster,
    link: addressOfFinding(context.address, finding),
    now: context.now,
  });
}

/** The log that is shown, else the one the finding points at, else that of a container that failed. */
function logOf({ service, detail, finding }: ReportSubject, address: URL): ChosenLog | null {
  const pods = detail?.pods ?? [];
  const place =
    shownPlace(address) ?? pointedPlace(finding ?? service.findings[0]) ?? failedPlace(pods);
  return place === null ? null : chooseLog(pods, place, null);
}

type Place = Parameters<typeof chooseLog>[1];

function shownPlace({ searchParams }: URL): Place | null {
  const [pod, container] = [searchParams.get("pod"), searchParams.get("container")];
  const previous = searchParams.get("previous");
  if (pod === null || container === null) return null;
  return { pod, container, previous: previous === null ? null : previous === "true" };
}

function pointedPlace(finding: Finding | undefined): Place | null {
  const action = finding?.actions.find(({ type }) => type === "OpenLogs");
  if (action?.type !== "OpenLogs") return null;
  return { pod: action.pod, container: action.container, previous: null };
}

function failedPlace(pods: readonly PodView[]): Place | null {
  const picked = pickContainer(pods);
  const facts = picked === null ? null : findContainer(pods, picked);
  return picked === null || (facts?.exitCode ?? 0) === 0 ? null : { ...picked, previous: null };
}

async function readLines({ namespace, name }: ServiceView, log: ChosenLog): Promise<string[]> {
  const target = { namespace, name, ...log, timestamps: false, follow: false };
  const response = await fetch(logUrl(target, LOG_LINES));
  if (!response.ok) throw new ProblemError(await readProblem(response));
  const text = await response.text();
  return text === "" ? [] : text.replace(/\n$/u, "").split("\n");
}

async function readTimeline({ namespace, name }: ServiceView) {
  const url = `${servicePath(namespace, name)}/timeline?limit=${TIMELINE_ITEMS}`;
  return (await getJson(timelineSchema, url)).items;
}

async function attempt<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function addressOfFinding(address: string, finding: Finding | null): string {
  const url = new URL(address);
  if (finding !== null) url.searchParams.set("finding", finding.code);
  return url.href;
}

function addressOfLog(address: string, { pod, container, previous }: ChosenLog): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries({ tab: "logs", pod, container, previous })) {
    url.searchParams.set(name, String(value));
  }
  return url.href;
}
