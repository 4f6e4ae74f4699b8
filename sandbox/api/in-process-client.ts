import type { SandboxClient } from "./client";
import { inNamespace } from "./collection";
import type { Api } from "./create-api";
import { apply } from "./apply-object";
import { remove } from "./deletion";
import type { KubeObject, NewObject } from "./objects";
import type { Resource } from "./resources";
import type { StoreEvent } from "./store";
import { create, get, replace, type Target } from "./writes";

const DEFAULT_MANAGER = "sandbox";

function served(resource: Resource, object: KubeObject): KubeObject {
  return resource.toServed ? resource.toServed(object) : object;
}

function stored<T extends { apiVersion: string }>(resource: Resource, object: T): T {
  return resource.toStored
    ? (resource.toStored(object as unknown as KubeObject) as unknown as T)
    : object;
}

/** The kind whose form objects are stored in. */
function storedAs(api: Api, resource: Resource): Resource {
  return api.registry.byId(resource.storage) ?? resource;
}

function find(api: Api, id: string): Resource {
  const resource = api.registry.byId(id);
  if (!resource) throw new Error(`the sandbox serves no ${id}`);
  return resource;
}

function targetOf(api: Api, id: string, metadata: { namespace?: string; name?: string }): Target {
  const resource = storedAs(api, find(api, id));
  const namespace = resource.namespaced ? (metadata.namespace ?? "default") : undefined;
  return { resource, namespace, name: metadata.name ?? "" };
}

type Change = Pick<StoreEvent, "type" | "object">;

/** What is there, then what changes; changes that the first part causes come after it. */
function watchFromStart(
  api: Api,
  resource: Resource,
  notify: (change: Change) => void,
): () => void {
  const { objects } = api.store.snapshot(resource.storage);
  let waiting: Change[] | undefined = [];
  const stop = api.store.subscribe(resource.storage, (event) => {
    if (waiting) waiting.push(event);
    else notify(event);
  });
  for (const object of objects) notify({ type: "ADDED", object });
  for (let next = waiting.shift(); next; next = waiting.shift()) notify(next);
  waiting = undefined;
  return stop;
}

type Reads = Pick<SandboxClient, "get" | "list" | "watch">;
type Writes = Omit<SandboxClient, keyof Reads | "appendLog" | "rotateLog">;

const managerOf = (options?: { manager?: string }) => options?.manager ?? DEFAULT_MANAGER;

function createReads(api: Api): Reads {
  return {
    get(id, namespace, name) {
      const resource = find(api, id);
      const scope = resource.namespaced ? namespace : undefined;
      const object = get(api, { resource, namespace: scope, name });
      return object && served(resource, object);
    },
    list(id, namespace) {
      const resource = find(api, id);
      const { objects } = inNamespace(api.store.snapshot(resource.storage), namespace);
      return objects.map((object) => served(resource, object));
    },
    watch(id, listener) {
      const resource = find(api, id);
      return watchFromStart(api, resource, ({ type, object }) =>
        listener({ type, object: served(resource, object) }),
      );
    },
  };
}

function createWrites(api: Api): Writes {
  const prepare = <T extends NewObject>(id: string, object: T) => {
    const resource = find(api, id);
    const target = targetOf(api, id, object.metadata);
    return { resource, target, given: stored(resource, object) };
  };
  return {
    create(id, object, options) {
      const { resource, target, given } = prepare(id, object);
      const manager = managerOf(options);
      return served(
        resource,
        create(api, target, { ...options, given, manager, keepStatus: true }),
      );
    },
    update(id, object, options) {
      const { resource, target, given } = prepare(id, object);
      return served(resource, replace(api, target, { given, manager: managerOf(options) }));
    },
    updateStatus(id, object, options) {
      const { resource, target, given } = prepare(id, object);
      const manager = managerOf(options);
      return served(resource, replace(api, target, { given, subresource: "status", manager }));
    },
    apply(id, object, { manager, force = false }) {
      const { resource, target, given } = prepare(id, object);
      return served(resource, apply(api, target, { given, manager, force }).object);
    },
    // eslint-disable-next-line max-params -- as the interface has it
    delete(id, namespace, name, options = {}) {
      const { resource } = targetOf(api, id, { name });
      const target = { resource, namespace: resource.namespaced ? namespace : undefined, name };
      remove(api, target, { propagationPolicy: "Background", ...options });
    },
  };
}

/** Access for programs inside the sandbox; the same rules as over HTTP, without a connection. */
export function createClient(api: Api): SandboxClient {
  return {
    ...createReads(api),
    ...createWrites(api),
    appendLog: (pod, container, line) => api.logs.append(pod, container, line),
    rotateLog: (pod, container) => api.logs.rotate(pod, container),
  };
}
