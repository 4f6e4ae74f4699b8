import { sinceText } from "./ages";
import { at, column, type Cell } from "./column";
import { NAME_COLUMN } from "./custom-columns";
import { asRecord, asText, valueAt } from "./json";
import type { KubeObject } from "./objects";
import type { Column } from "./resources";

const lastSeen: Cell = (object, now) => {
  const series = valueAt(object, "series.lastObservedTime");
  const instant = [series, object["lastTimestamp"], object["eventTime"]].map(asText).find(Boolean);
  return sinceText(instant ?? object.metadata.creationTimestamp, now);
};

function eventObject(object: KubeObject): string {
  const regarding = asRecord(object["involvedObject"]);
  return `${asText(regarding["kind"]).toLowerCase()}/${asText(regarding["name"])}`;
}

const firstSeen: Cell = (object, now) =>
  sinceText(asText(object["firstTimestamp"]) || asText(object["eventTime"]) || undefined, now);

/** What is shown of events. */
export const EVENT_COLUMNS: readonly Column[] = [
  column("Last Seen", lastSeen),
  column("Type", at("type")),
  column("Reason", at("reason")),
  column("Object", eventObject),
  column("Subobject", at("involvedObject.fieldPath"), true),
  column("Source", at("source.component"), true),
  column("Message", at("message")),
  column("First Seen", firstSeen, true),
  column("Count", at("count"), true),
  { ...NAME_COLUMN, priority: 1 },
];
