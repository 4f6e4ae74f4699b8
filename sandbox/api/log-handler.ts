import type { Exchange } from "./exchange";
import { asArray, asRecord, asText, valueAt } from "./json";
import type { KubeObject } from "./objects";
import type { LogLine } from "./pod-logs";
import { isTrue } from "./request-info";
import type { Resource } from "./resources";
import { badRequest } from "./status-error";
import { currentObject } from "./write-handlers";

function containerNames(pod: KubeObject): { main: string[]; init: string[] } {
  const names = (list: string) =>
    asArray(valueAt(pod, `spec.${list}`)).map((item) => asText(asRecord(item)["name"]));
  return { main: names("containers"), init: names("initContainers") };
}

function chooseContainer(pod: KubeObject, wanted: string): string {
  const { main, init } = containerNames(pod);
  if (wanted !== "") {
    if (main.includes(wanted) || init.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  }
  const [only] = main;
  if (main.length === 1 && only !== undefined) return only;
  const choice = `choose one of: [${main.join(" ")}]`;
  const inits = init.length > 0 ? ` or one of the init containers: [${init.join(" ")}]` : "";
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, ${choice}${inits}`,
  );
}

function statusOf(pod: KubeObject, container: string): unknown {
  return ["containerStatuses", "initContainerStatuses"]
    .flatMap((list) => asArray(valueAt(pod, `status.${list}`)))
    .find((status) => asRecord(status)["name"] === container);
}

/** A container that has not run yet has no log to give. */
function assertStarted(pod: KubeObject, container: string, hasLines: boolean): void {
  if (hasLines) return;
  const waiting = valueAt(statusOf(pod, container), "state.waiting");
  if (waiting === undefined) return;
  const reason = asText(valueAt(waiting, "reason")) || "ContainerCreating";
  throw badRequest(
    `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`,
  );
}

function presentLines({ api }: Exchange, pod: KubeObject, container: string): readonly LogLine[] {
  const lines = api.logs.read(pod.metadata.uid, container);
  assertStarted(pod, container, lines.length > 0);
  return lines;
}

/**
 * What the last run of the container wrote that has ended and been followed by another state. While the container waits to be
 * started again, that run is also the present one.
 */
function previousLines({ api }: Exchange, pod: KubeObject, container: string): readonly LogLine[] {
  const status = statusOf(pod, container);
  if (valueAt(status, "lastState.terminated") === undefined) {
    throw badRequest(
      `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`,
    );
  }
  const waits = valueAt(status, "state.waiting") !== undefined;
  const { uid } = pod.metadata;
  return waits ? api.logs.read(uid, container) : api.logs.readPrevious(uid, container);
}

function selectLines(lines: readonly LogLine[], query: URLSearchParams, nowMs: number): LogLine[] {
  const since = Number(query.get("sinceSeconds") ?? 0);
  const sinceTime = Date.parse(query.get("sinceTime") ?? "");
  const from = since > 0 ? nowMs - since * 1000 : sinceTime;
  const recent = Number.isNaN(from) ? [...lines] : lines.filter(({ at }) => Date.parse(at) >= from);
  const tail = query.get("tailLines");
  if (tail === null) return recent;
  const count = Number(tail);
  return count === 0 ? [] : recent.slice(-count);
}

/** `pods/log`: what the simulated kubelet wrote, then what it writes while `follow` lasts. */
export function handleLog(exchange: Exchange, resource: Resource): void {
  const { api, info, response } = exchange;
  const { query } = info;
  const pod = currentObject(exchange, resource);
  const container = chooseContainer(pod, query.get("container") ?? "");
  const previous = isTrue(query.get("previous"));
  const lines = previous
    ? previousLines(exchange, pod, container)
    : presentLines(exchange, pod, container);
  const withTimes = isTrue(query.get("timestamps"));
  const print = ({ at, text }: LogLine) => (withTimes ? `${at} ${text}\n` : `${text}\n`);
  response.writeHead(200, { "Content-Type": "text/plain" });
  response.flushHeaders();
  const selected = selectLines(lines, query, Date.parse(api.now()));
  response.write(selected.map(print).join(""));
  if (previous || !isTrue(query.get("follow"))) {
    response.end();
    return;
  }
  const stopLog = api.logs.follow(pod.metadata.uid, container, (line) =>
    response.write(print(line)),
  );
  const stopPod = api.store.subscribe("pods", ({ type, object }) => {
    if (object.metadata.uid !== pod.metadata.uid) return;
    const hasEnded = valueAt(statusOf(object, container), "state.terminated") !== undefined;
    if (type === "DELETED" || hasEnded) response.end();
  });
  response.on("close", () => {
    stopLog();
    stopPod();
  });
  const present = api.store.get("pods", pod.metadata.namespace, pod.metadata.name) ?? pod;
  if (valueAt(statusOf(present, container), "state.terminated") !== undefined) response.end();
}
