import { randomBytes } from "node:crypto";

import type { ObjectMeta } from "../api/objects";
import type { Cluster } from "./cluster";
import type { Loop } from "./loop";

export type EventText = {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** Who says so, such as `kubelet`. */
  component: string;
  /** The node, where the writer sits on one. */
  host?: string;
  /** Which part of the object, such as `spec.initContainers{model-downloader}`. */
  fieldPath?: string;
};
type Target = { apiVersion: string; kind: string; metadata: ObjectMeta };

/** Writes core events; the same text about the same object raises the count of the first one. */
export type Recorder = (target: Target, text: EventText) => void;

const REMEMBERED = 5000;

/** Makes the recorder that all controllers share. */
export function createRecorder(cluster: Cluster, loop: Loop): Recorder {
  const known = new Map<string, string>();
  return (target, text) => {
    const { uid, namespace = "default" } = target.metadata;
    const id = [uid, text.reason, text.message, text.component, text.fieldPath].join("\n");
    const eventKey = known.get(id);
    const existing = eventKey === undefined ? undefined : cluster.events.get(eventKey);
    const now = loop.timestamp();
    if (existing !== undefined) {
      cluster.client.update("events", {
        ...existing,
        count: (existing.count ?? 1) + 1,
        lastTimestamp: now,
      });
      return;
    }
    const name = `${target.metadata.name}.${randomBytes(8).toString("hex")}`;
    if (known.size > REMEMBERED) known.clear();
    known.set(id, `${namespace}/${name}`);
    cluster.client.create("events", buildEvent({ target, text, name, namespace, now }), {
      manager: text.component,
    });
  };
}

function buildEvent(parts: {
  target: Target;
  text: EventText;
  name: string;
  namespace: string;
  now: string;
}) {
  const { target, text, name, namespace, now } = parts;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: target.apiVersion,
      kind: target.kind,
      name: target.metadata.name,
      ...(target.metadata.namespace ? { namespace: target.metadata.namespace } : {}),
      uid: target.metadata.uid,
      resourceVersion: target.metadata.resourceVersion,
      ...(text.fieldPath ? { fieldPath: text.fieldPath } : {}),
    },
    type: text.type,
    reason: text.reason,
    message: text.message,
    source: { component: text.component, ...(text.host ? { host: text.host } : {}) },
    reportingComponent: text.component,
    reportingInstance: text.host ?? "",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
