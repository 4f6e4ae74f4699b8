import { inNamespace } from "./collection";
import type { Exchange } from "./exchange";
import { objectText } from "./json-text";
import { assertWatchOptions } from "./list-options";
import type { KubeObject } from "./objects";
import { selectorOf, served, viewOf } from "./read-handlers";
import { isTrue } from "./request-info";
import type { Resource } from "./resources";
import type { Predicate } from "./selectors";
import { badRequest, expired } from "./status-error";
import type { EventType, StoreEvent } from "./store";
import { parseInclude, toPartialMetadata, toTable, type View } from "./table";

const BOOKMARK_EVERY_MS = 10_000;
const BOOKMARK_BEFORE_END_MS = 1_000;
const DEFAULT_TIMEOUT_SECONDS = 1_800;
/** A client that reads this slowly is cut off; it lists again. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Every open watch, so that a fault can drop them all. */
export class OpenWatches {
  readonly #watches = new Set<Watch>();

  get size(): number {
    return this.#watches.size;
  }

  add(watch: Watch): void {
    this.#watches.add(watch);
  }

  delete(watch: Watch): void {
    this.#watches.delete(watch);
  }

  dropAll(): void {
    for (const watch of [...this.#watches]) watch.drop();
  }

  endAll(): void {
    for (const watch of [...this.#watches]) watch.end();
  }
}

/** What an event is to a watch with a selector: objects enter and leave it. */
function visibleType(
  { type, object, previous }: StoreEvent,
  matches: (object: KubeObject) => boolean,
): EventType | undefined {
  const was = previous !== undefined && matches(previous);
  const is = type !== "DELETED" && matches(object);
  if (is) return was ? "MODIFIED" : "ADDED";
  return was ? "DELETED" : undefined;
}

class Watch {
  readonly #exchange: Exchange;
  readonly #resource: Resource;
  readonly #view: View;
  readonly #matches: Predicate;
  readonly #timers: NodeJS.Timeout[] = [];
  #stop: () => void = () => undefined;
  #definitionsSent = false;
  #onEnd: () => void = () => undefined;

  constructor(exchange: Exchange, resource: Resource) {
    this.#exchange = exchange;
    this.#resource = resource;
    this.#view = viewOf(exchange);
    const { namespace, name } = exchange.info;
    const selected = selectorOf(exchange, resource);
    this.#matches = (object) => {
      const { metadata } = object;
      if (namespace !== undefined && metadata.namespace !== namespace) return false;
      if (name !== "" && metadata.name !== name) return false;
      return selected(served(resource, object));
    };
  }

  open(onEnd: () => void): void {
    const { response } = this.#exchange;
    this.#onEnd = onEnd;
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Cache-Control": "no-cache, private",
    });
    response.flushHeaders();
    response.on("close", () => this.#finish());
    if (this.#begin()) this.#schedule();
  }

  drop(): void {
    this.#exchange.response.destroy();
  }

  end(): void {
    this.#exchange.response.end();
  }

  /** Sends what the client lacks and stays subscribed; false when its version is too old. */
  #begin(): boolean {
    const { api, info } = this.#exchange;
    const text = info.query.get("resourceVersion");
    const wantsInitial = info.query.get("sendInitialEvents");
    const from = Number(text ?? 0);
    if (!Number.isSafeInteger(from)) throw badRequest(`invalid resource version "${text ?? ""}"`);
    const isFresh = from === 0 && wantsInitial === null;
    if (isTrue(wantsInitial) || isFresh) {
      this.#sendAll();
      if (isTrue(wantsInitial)) this.#bookmark({ "k8s.io/initial-events-end": "true" });
    } else if (from > 0 && !this.#sendSince(from)) {
      return false;
    }
    this.#stop = api.store.subscribe(this.#resource.storage, (event) => {
      if (event.version > from) this.#sendEvent(event);
    });
    return true;
  }

  #sendAll(): void {
    const { api, info } = this.#exchange;
    const snapshot = inNamespace(api.store.snapshot(this.#resource.storage), info.namespace);
    for (const object of snapshot.objects) {
      if (this.#matches(object)) this.#send("ADDED", object);
    }
  }

  #sendSince(version: number): boolean {
    const { store } = this.#exchange.api;
    const events = store.eventsSince(this.#resource.storage, version);
    if (events) {
      for (const event of events) this.#sendEvent(event);
      return true;
    }
    const { status } = expired(`too old resource version: ${version} (${store.version})`);
    this.#write(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
    this.end();
    return false;
  }

  #sendEvent(event: StoreEvent): void {
    const type = visibleType(event, this.#matches);
    if (type === "DELETED" && event.type !== "DELETED" && event.previous) {
      const { resourceVersion } = event.object.metadata;
      const metadata = { ...event.previous.metadata, resourceVersion };
      this.#send(type, { ...event.previous, metadata });
    } else if (type) {
      this.#send(type, event.object);
    }
  }

  #send(type: EventType, stored: KubeObject): void {
    const object = served(this.#resource, stored);
    this.#write(`{"type":"${type}","object":${this.#render(object)}}\n`);
  }

  #render(object: KubeObject): string {
    if (this.#view === "object") return objectText(object);
    if (this.#view === "metadata") return JSON.stringify(toPartialMetadata(object));
    const { api, info } = this.#exchange;
    const { resourceVersion } = object.metadata;
    const table = toTable(this.#resource, {
      objects: [object],
      now: api.now(),
      include: parseInclude(info.query.get("includeObject")),
      metadata: { resourceVersion },
      withDefinitions: !this.#definitionsSent,
    });
    this.#definitionsSent = true;
    return JSON.stringify(table);
  }

  #bookmark(annotations?: Record<string, string>): void {
    const { info, api } = this.#exchange;
    if (!isTrue(info.query.get("allowWatchBookmarks"))) return;
    const { apiVersion, kind } = this.#resource;
    const metadata = { resourceVersion: String(api.store.version), creationTimestamp: null };
    const object = {
      kind,
      apiVersion,
      metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
    };
    const body =
      this.#view === "table"
        ? {
            kind: "Table",
            apiVersion: "meta.k8s.io/v1",
            metadata,
            columnDefinitions: null,
            rows: [{ cells: [], object }],
          }
        : object;
    this.#write(`{"type":"BOOKMARK","object":${JSON.stringify(body)}}\n`);
  }

  #schedule(): void {
    const seconds = Number(this.#exchange.info.query.get("timeoutSeconds") ?? 0);
    const lasts = (seconds || DEFAULT_TIMEOUT_SECONDS * (1 + Math.random())) * 1000;
    this.#timers.push(
      setInterval(() => this.#bookmark(), BOOKMARK_EVERY_MS),
      setTimeout(() => this.#bookmark(), Math.max(lasts - BOOKMARK_BEFORE_END_MS, lasts / 2)),
      setTimeout(() => this.end(), lasts),
    );
    for (const timer of this.#timers) timer.unref();
  }

  #write(text: string): void {
    const { response } = this.#exchange;
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > MAX_BUFFERED_BYTES) this.drop();
  }

  #finish(): void {
    this.#stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#onEnd();
  }
}

export function handleWatch(exchange: Exchange, resource: Resource, open: OpenWatches): void {
  assertWatchOptions(exchange.info.query);
  const watch = new Watch(exchange, resource);
  open.add(watch);
  watch.open(() => open.delete(watch));
}
