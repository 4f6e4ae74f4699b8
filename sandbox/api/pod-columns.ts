import { AGE_COLUMN, column, NONE } from "./column";
import { asArray, asRecord, asText, valueAt, type JsonRecord } from "./json";
import type { KubeObject } from "./objects";
import type { Column } from "./resources";

function statuses(object: KubeObject, list: string): JsonRecord[] {
  return asArray(valueAt(object, `status.${list}`)).map(asRecord);
}

function stateReason(status: JsonRecord): string | undefined {
  const state = asRecord(status["state"]);
  const terminated = asRecord(state["terminated"]);
  if (state["terminated"] !== undefined) {
    return asText(terminated["reason"]) || `ExitCode:${asText(terminated["exitCode"])}`;
  }
  return asText(asRecord(state["waiting"])["reason"]) || undefined;
}

function isCompleted(status: JsonRecord): boolean {
  const terminated = asRecord(asRecord(status["state"])["terminated"]);
  return terminated["exitCode"] === 0;
}

function initText(object: KubeObject): string | undefined {
  const inits = statuses(object, "initContainerStatuses");
  const at = inits.findIndex((status) => !isCompleted(status));
  const current = inits[at];
  if (!current) return undefined;
  const reason = stateReason(current);
  return reason !== undefined && reason !== "PodInitializing"
    ? `Init:${reason}`
    : `Init:${at}/${inits.length}`;
}

function containerText(object: KubeObject): string | undefined {
  const reasons = statuses(object, "containerStatuses").map(stateReason);
  return reasons.find((reason) => reason !== undefined);
}

/** What `kubectl get pods` shows under STATUS: the phase, unless a container has something to say. */
export function podStatusText(object: KubeObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return "Terminating";
  const phase = asText(valueAt(object, "status.reason")) || asText(valueAt(object, "status.phase"));
  return initText(object) ?? containerText(object) ?? phase;
}

function readyText(object: KubeObject): string {
  const ready = statuses(object, "containerStatuses").filter((status) => status["ready"] === true);
  return `${ready.length}/${asArray(valueAt(object, "spec.containers")).length}`;
}

function restarts(object: KubeObject): string {
  const total = [
    ...statuses(object, "initContainerStatuses"),
    ...statuses(object, "containerStatuses"),
  ].reduce((sum, status) => sum + Number(status["restartCount"] ?? 0), 0);
  return String(total);
}

export const podColumns: readonly Column[] = [
  column("Ready", readyText),
  column("Status", podStatusText),
  column("Restarts", restarts),
  AGE_COLUMN,
  column("IP", (object) => asText(valueAt(object, "status.podIP")) || NONE, true),
  column("Node", (object) => asText(valueAt(object, "spec.nodeName")) || NONE, true),
  column("Nominated Node", () => NONE, true),
  column("Readiness Gates", () => NONE, true),
];
