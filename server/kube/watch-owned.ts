import { SERVICE_LABEL } from "@/server/domain/service-labels";
import type { OwnedObjects, OwnedPlural, WritableKindMap } from "@/server/ports";
import { createReflector, type Reflector, type ReflectorState } from "@/server/runtime/reflector";
import type { KubeHttp } from "./http-client";
import { createListWatch } from "./list-watch";

const OWNED: readonly OwnedPlural[] = ["services", "horizontalpodautoscalers"];

type Owned = WritableKindMap[OwnedPlural];

export type WatchOwnedOptions = {
  readonly http: KubeHttp;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  readonly onError: (error: unknown, plural: OwnedPlural) => void;
};

/** Watches what carries the label of a service, one LIST and one WATCH for each kind (and namespace). */
export function watchOwned(options: WatchOwnedOptions): OwnedObjects {
  return new OwnedWatch(options);
}

class OwnedWatch implements OwnedObjects {
  readonly #stores: Readonly<Record<OwnedPlural, Map<string, Owned>>> = {
    services: new Map(),
    horizontalpodautoscalers: new Map(),
  };
  readonly #listeners = new Set<(serviceKey: string) => void>();
  readonly #reflectors: readonly Reflector[];
  readonly #read: Promise<void>;
  #markRead: () => void = () => undefined;

  constructor(options: WatchOwnedOptions) {
    this.#read = new Promise((resolve) => (this.#markRead = resolve));
    this.#reflectors = OWNED.flatMap((plural) =>
      (options.namespaces ?? [null]).map((namespace) => this.#watch(plural, namespace, options)),
    );
    for (const reflector of this.#reflectors) reflector.start();
  }

  get<P extends OwnedPlural>(plural: P, key: string): WritableKindMap[P] | null {
    // Each store holds what the reflector of its plural tells.
    return (this.#stores[plural].get(key) as WritableKindMap[P] | undefined) ?? null;
  }

  subscribe(listener: (serviceKey: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  whenRead(): Promise<void> {
    return this.#read;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  #watch(
    plural: OwnedPlural,
    namespace: string | null,
    { http, onError }: WatchOwnedOptions,
  ): Reflector {
    const store = this.#stores[plural];
    const labelSelector = SERVICE_LABEL;
    return createReflector<Owned>({
      source: createListWatch({ http, plural, namespace, labelSelector }),
      sink: {
        upsert: (objects) => {
          for (const object of objects) {
            store.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
            this.#tell(object);
          }
        },
        remove: (keys) => {
          for (const key of keys) {
            const object = store.get(key);
            store.delete(key);
            if (object !== undefined) this.#tell(object);
          }
        },
      },
      onError: (error) => onError(error, plural),
      onStateChange: () => this.#checkRead(),
    });
  }

  #checkRead(): void {
    const known = ({ synced, visible }: ReflectorState) => synced || visible === false;
    if (this.#reflectors.every((reflector) => known(reflector.state()))) this.#markRead();
  }

  #tell({ metadata }: Owned): void {
    const service = metadata.labels?.[SERVICE_LABEL];
    if (service === undefined) return;
    for (const listener of this.#listeners) listener(`${metadata.namespace}/${service}`);
  }
}
