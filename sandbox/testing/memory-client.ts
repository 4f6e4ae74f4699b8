import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import type { ClientEvent, SandboxClient } from "../api/client";
import type { KubeObject, NewObject } from "../api/objects";
import { toTimestamp, type Clock } from "../world/clock";

/** The store's semantics as far as the world's controllers can notice them, without schemas and field ownership. */
export function createMemoryClient(
  clock: Clock,
): SandboxClient & { logOf(name: string, container: string): string[] } {
  const kinds = new Map<string, Map<string, KubeObject>>();
  const listeners = new Map<string, Set<(event: ClientEvent) => void>>();
  const logs = new Map<string, string[]>();
  let version = 1;
  const keyOf = (namespace: string | undefined, name: string) =>
    namespace ? `${namespace}/${name}` : name;
  const ofKind = (resource: string) => {
    const map = kinds.get(resource) ?? new Map<string, KubeObject>();
    kinds.set(resource, map);
    return map;
  };
  const emit = (resource: string, type: ClientEvent["type"], object: KubeObject) =>
    listeners.get(resource)?.forEach((listener) => listener({ type, object }));

  function commit(resource: string, object: KubeObject): KubeObject {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const before = ofKind(resource).get(key);
    const { resourceVersion: _a, ...own } = object.metadata;
    const { resourceVersion: _b, ...old } = before?.metadata ?? { resourceVersion: "" };
    if (before && isDeepStrictEqual({ ...object, metadata: own }, { ...before, metadata: old })) {
      return before;
    }
    const stored = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++version) },
    };
    const { deletionTimestamp, finalizers = [] } = stored.metadata;
    if (deletionTimestamp && finalizers.length === 0 && resource !== "pods") {
      ofKind(resource).delete(key);
      emit(resource, "DELETED", stored);
      return stored;
    }
    ofKind(resource).set(key, stored);
    emit(resource, before ? "MODIFIED" : "ADDED", stored);
    return stored;
  }

  function existing(resource: string, object: KubeObject): KubeObject {
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const found = ofKind(resource).get(key);
    if (!found) throw new Error(`${resource} "${key}" not found`);
    if (object.metadata.resourceVersion !== found.metadata.resourceVersion) {
      throw new Error(`Conflict on ${resource} "${key}"`);
    }
    return found;
  }

  const client: SandboxClient = {
    get: (resource, namespace, name) => ofKind(resource).get(keyOf(namespace, name)),
    list: (resource, namespace) =>
      [...ofKind(resource).values()].filter(
        (object) => namespace === undefined || object.metadata.namespace === namespace,
      ),
    create(resource, object: NewObject, options) {
      const name = object.metadata.name ?? `${object.metadata.generateName ?? ""}${version}`;
      const creationTimestamp = options?.creationTimestamp ?? toTimestamp(clock.now());
      return commit(resource, {
        ...structuredClone(object),
        metadata: {
          ...structuredClone(object.metadata),
          name,
          uid: randomUUID(),
          resourceVersion: "",
          generation: 1,
          creationTimestamp,
        },
      });
    },
    update(resource, object) {
      const before = existing(resource, object);
      const changed = !isDeepStrictEqual(before.spec, object.spec);
      const generation = (before.metadata.generation ?? 1) + (changed ? 1 : 0);
      return commit(resource, {
        ...object,
        status: before.status as unknown,
        metadata: { ...object.metadata, generation },
      });
    },
    updateStatus(resource, object) {
      return commit(resource, { ...existing(resource, object), status: object.status as unknown });
    },
    apply(resource, object) {
      const before = ofKind(resource).get(
        keyOf(object.metadata.namespace, object.metadata.name ?? ""),
      );
      if (!before) return client.create(resource, object);
      return commit(resource, { ...before, spec: { ...before.spec, ...object.spec } as unknown });
    },
    delete(resource, namespace, name, options) {
      const key = keyOf(namespace, name);
      const object = ofKind(resource).get(key);
      if (!object) throw new Error(`${resource} "${key}" not found`);
      const graceful =
        resource === "pods" &&
        Boolean((object.spec as { nodeName?: string }).nodeName) &&
        options?.gracePeriodSeconds !== 0;
      const finalizers = object.metadata.finalizers ?? [];
      if (graceful || (finalizers.length > 0 && resource !== "pods")) {
        if (object.metadata.deletionTimestamp) return;
        const deletionTimestamp = toTimestamp(clock.now());
        commit(resource, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
        return;
      }
      ofKind(resource).delete(key);
      emit(resource, "DELETED", object);
    },
    watch(resource, listener) {
      const set = listeners.get(resource) ?? new Set();
      listeners.set(resource, set.add(listener));
      for (const object of ofKind(resource).values()) listener({ type: "ADDED", object });
      return () => set.delete(listener);
    },
    appendLog(pod, container, line) {
      const key = `${pod.name}/${container}`;
      logs.set(key, [...(logs.get(key) ?? []), line]);
    },
    clearLog: (pod, container) => void logs.delete(`${pod.name}/${container}`),
  };
  return { ...client, logOf: (name, container) => logs.get(`${name}/${container}`) ?? [] };
}
