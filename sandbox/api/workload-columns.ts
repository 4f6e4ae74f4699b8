import { durationText } from "./ages";
import { AGE_COLUMN, column, count, NONE, type Cell } from "./column";
import { NAME_COLUMN } from "./custom-columns";
import { asArray, asRecord, asText, valueAt } from "./json";
import type { KubeObject } from "./objects";
import type { Column } from "./resources";

function selectorText(object: KubeObject): string {
  const labels = asRecord(valueAt(object, "spec.selector.matchLabels"));
  return (
    Object.entries(labels)
      .map(([key, value]) => `${key}=${asText(value)}`)
      .join(",") || NONE
  );
}

function containers(field: "name" | "image"): Cell {
  return (object) =>
    asArray(valueAt(object, "spec.template.spec.containers"))
      .map((container) => asText(asRecord(container)[field]))
      .join(",");
}

const workloadColumns = [
  column("Containers", containers("name"), true),
  column("Images", containers("image"), true),
  column("Selector", selectorText, true),
];

function jobStatus(object: KubeObject): string {
  const conditions = asArray(valueAt(object, "status.conditions")).map(asRecord);
  const isTrue = (type: string) =>
    conditions.some((condition) => condition["type"] === type && condition["status"] === "True");
  return ["Complete", "Failed", "Suspended"].find(isTrue) ?? "Running";
}

function jobDuration(object: KubeObject, now: string): string {
  const started = asText(valueAt(object, "status.startTime"));
  if (started === "") return "";
  const ended = asText(valueAt(object, "status.completionTime")) || now;
  return durationText(Date.parse(ended) - Date.parse(started));
}

const number = (name: string, path: string): Column => ({
  ...column(name, count(path)),
  type: "integer",
});

/** What is shown of Deployments, ReplicaSets and Jobs. */
export const WORKLOAD_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  "deployments.apps": [
    NAME_COLUMN,
    column(
      "Ready",
      (object, now) =>
        `${String(count("status.readyReplicas")(object, now))}/${String(count("spec.replicas")(object, now))}`,
    ),
    column("Up-to-date", count("status.updatedReplicas")),
    column("Available", count("status.availableReplicas")),
    AGE_COLUMN,
    ...workloadColumns,
  ],
  "replicasets.apps": [
    NAME_COLUMN,
    number("Desired", "spec.replicas"),
    number("Current", "status.replicas"),
    number("Ready", "status.readyReplicas"),
    AGE_COLUMN,
    ...workloadColumns,
  ],
  "jobs.batch": [
    NAME_COLUMN,
    column("Status", jobStatus),
    column(
      "Completions",
      (object, now) =>
        `${String(count("status.succeeded")(object, now))}/${String(count("spec.completions")(object, now))}`,
    ),
    column("Duration", jobDuration),
    AGE_COLUMN,
    ...workloadColumns,
  ],
};
