import { randomInt, randomUUID } from "node:crypto";
import { keepQuotaStatus } from "./admission/quota-status";
import { builtinResources } from "./builtin-resources";
import { defaultStorageClass } from "./default-storage-class";
import { podPriority } from "./pod-priority";
import { serveDefinitions } from "./definitions";
import { GarbageCollector } from "./garbage-collector";
import { startLifecycleControllers } from "./lifecycle-controllers";
import { PodLogs } from "./pod-logs";
import { Registry } from "./resources";
import { Store, type StoreOptions } from "./store";
import { create, type ApiState } from "./writes";

export interface Api extends ApiState {
  readonly logs: PodLogs;
  readonly stop: () => void;
}

export interface ApiOptions extends Pick<StoreOptions, "initial" | "onCommit" | "historyLength"> {
  /** Told about what goes wrong in a listener; the store goes on. */
  log: (line: string) => void;
  now?: () => Date;
}

const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function newSuffix(): string {
  return Array.from({ length: 5 }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join("");
}

function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function makeNamespaces(api: ApiState): void {
  const resource = api.registry.byId("namespaces");
  if (!resource) throw new Error("namespaces are not served");
  for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
    if (api.store.get(resource.storage, undefined, name)) continue;
    const given = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    create(api, { resource, namespace: undefined, name }, { given, manager: "kube-apiserver" });
  }
}

/** The API without HTTP: store, kinds, and the controllers that deletion needs. Holds the namespaces a cluster starts with. */
export function createApi(options: ApiOptions): Api {
  const now = options.now ?? (() => new Date());
  const onError = (error: unknown) => options.log(`sandbox API: ${describeError(error)}`);
  const store = new Store({ ...options, onListenerError: onError });
  const registry = new Registry();
  const api: ApiState = {
    store,
    registry,
    now: () => seconds(now()),
    newUid: () => randomUUID(),
    newSuffix,
  };
  for (const resource of builtinResources()) registry.add(resource);
  defaultStorageClass(api);
  podPriority(api);
  const collector = new GarbageCollector(api, onError);
  for (const resource of registry.all()) {
    if (resource.storage === resource.id) collector.follow(resource);
  }
  const logs = new PodLogs(now);
  const stops = [
    serveDefinitions(api, (resource) => collector.follow(resource)),
    startLifecycleControllers(api),
    keepQuotaStatus(api),
    store.subscribe("pods", ({ type, object }) => {
      if (type === "DELETED") logs.forget(object.metadata.uid);
    }),
    () => collector.stop(),
  ];
  makeNamespaces(api);
  return {
    ...api,
    logs,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
