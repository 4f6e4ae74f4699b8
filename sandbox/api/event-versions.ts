import type { KubeObject } from "./objects";

/** Field names of core/v1 events and what events.k8s.io/v1 calls them. */
const RENAMED: readonly (readonly [core: string, renamed: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
];

function rename(object: KubeObject, names: ReadonlyMap<string, string>): KubeObject {
  const renamed: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(object) as [string, unknown][]) {
    renamed[names.get(field) ?? field] = value;
  }
  return renamed as KubeObject;
}

const TO_NEW = new Map(RENAMED);
const TO_CORE = new Map(RENAMED.map(([core, renamed]) => [renamed, core] as const));

const served = new WeakMap<KubeObject, KubeObject>();

/** A stored event as events.k8s.io/v1 shows it. */
export function toNewEvent(object: KubeObject): KubeObject {
  const known = served.get(object);
  if (known) return known;
  const event = { ...rename(object, TO_NEW), apiVersion: "events.k8s.io/v1" };
  served.set(object, Object.freeze(event));
  return event;
}

/** An events.k8s.io/v1 event as it is stored: core/v1. */
export function toCoreEvent(object: KubeObject): KubeObject {
  return { ...rename(object, TO_CORE), apiVersion: "v1" };
}
