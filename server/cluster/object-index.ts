import { isDeepStrictEqual } from "node:util";

import type { Attachment } from "@/server/contract/attachment";
import type { Download } from "@/server/contract/service-view";
import type { ServiceUse } from "@/server/domain/facts";
import type { AnyObject, Job, KindMap, KubeEvent, Plural, Pod } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import { Dependants, markDependants, type ObjectChange } from "./dependants";
import { Joins } from "./joins";
import { eventTime, isFinished, keyOf, oldestFirst, regardingKey } from "./object-references";
import { outranks } from "./outranks";
import { remember } from "./remember";
import { isSameObject, Relations } from "./relations";
import { Remembered } from "./remembered";
import { Room } from "./room";
import { planServiceClaims } from "./service-claims";
import { tellAll } from "./tell-all";

/** `plural` tells of what kind the objects are. */
export type IndexChange<P extends Plural = Plural> = {
  readonly [K in P]: {
    readonly plural: K;
    /** For `deleted`: as it last was. */
    readonly object: KindMap[K];
    readonly previous: KindMap[K] | null;
    readonly type: "added" | "modified" | "deleted";
  };
}[P];

/** What is to be computed again, and the changes that are why (none for a download, an attachment, a change of visibility or settings). */
export type ChangedKeys = {
  readonly services: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly changes: readonly IndexChange[];
};

/** The projected objects in memory with the joins the rules need. Keys are `namespace/name`, or `name` of cluster-scoped kinds. */
export interface ObjectIndex {
  /** One notification per call; an object that is equal but for its resourceVersion notifies nobody. */
  upsert<P extends Plural>(plural: P, objects: readonly KindMap[P][], observedAt: string): void;
  remove(plural: Plural, keys: readonly string[], observedAt: string): void;
  get<P extends Plural>(plural: P, key: string): KindMap[P] | null;
  /** The same array until an object of the kind changes. */
  list<P extends Plural>(plural: P): readonly KindMap[P][];
  /** When this version of the object was seen; null for one that did not come from here. */
  observedAt(object: AnyObject): string | null;
  setInvisible(plural: Plural, invisible: boolean): void;
  invisible(): ReadonlySet<Plural>;
  /** The operator's settings, by which services choose their claims. */
  setSettings(settings: OperatorSettings): void;
  settings(): OperatorSettings;
  setDownload(podKey: string, download: Download | null): void;
  downloadOf(podKey: string): Download | null;
  /** Keeps the open one, else the newest, per service. */
  setAttachment(attachment: Attachment): void;
  attachmentOf(serviceKey: string): Attachment | null;
  /** Claims that matter to the service: declared, chosen, rolled out, mounted, pre-staged, or asked for. */
  claimKeysOf(serviceKey: string): readonly string[];
  /** Services whose target or draft the Model is. */
  servicesOfModel(modelKey: string): Iterable<string>;
  /** Services to which the claim matters: the other side of `claimKeysOf`. */
  servicesOfClaim(claimKey: string): Iterable<string>;
  /** Services that have to do with the claim, one entry per way. */
  usesOf(claimKey: string): readonly ServiceUse[];
  /** Pods with the service's label, finished ones too, oldest first. */
  podsOfService(serviceKey: string): readonly Pod[];
  /** Pods that name the claim in a volume and are not finished. */
  podsOfClaim(claimKey: string): readonly Pod[];
  /** Jobs that name the claim in a volume, finished ones too. */
  jobsOfClaim(claimKey: string): readonly Job[];
  readonly joins: Joins;
  readonly remembered: Pick<Remembered, "heldOn" | "writesOf">;
  readonly room: Room;
  /** Whether no pod of the cluster is hidden: pods may be listed, and in every namespace. */
  seesEveryPod(): boolean;
  /** Newest first. */
  eventsOf(kind: string, key: string): readonly KubeEvent[];
  /** Every listener is told, also when another one throws; the first throw is passed on. */
  subscribe(listener: (changed: ChangedKeys) => void): () => void;
}

type Store = { readonly [P in Plural]: Map<string, KindMap[P]> };

export type IndexOptions = {
  readonly settings: OperatorSettings;
  /** false: only some namespaces are watched. Default: all are. */
  readonly everyNamespace?: boolean;
};

/** An empty index. Cost per change is that of its dependants, not of the cluster. */
export function createObjectIndex(options: IndexOptions): ObjectIndex {
  return new Index(options);
}

class Index implements ObjectIndex {
  readonly #store: Store = {
    inferenceservices: new Map(),
    models: new Map(),
    persistentvolumeclaims: new Map(),
    persistentvolumes: new Map(),
    storageclasses: new Map(),
    nodes: new Map(),
    pods: new Map(),
    deployments: new Map(),
    jobs: new Map(),
    events: new Map(),
    namespaces: new Map(),
    resourcequotas: new Map(),
    limitranges: new Map(),
  };
  readonly #relations = new Relations();
  readonly #observedAt = new WeakMap<AnyObject, string>();
  readonly #lists = new Map<Plural, readonly AnyObject[]>();
  readonly #invisible = new Set<Plural>();
  readonly #downloads = new Map<string, Download>();
  readonly #attachments = new Map<string, Attachment>();
  readonly #listeners = new Set<(changed: ChangedKeys) => void>();
  /** What was gathered since the last change: many rows ask the same of one shared claim. */
  readonly #uses = new Map<string, readonly ServiceUse[]>();
  readonly #claimPods = new Map<string, readonly Pod[]>();
  readonly joins = new Joins(this.#relations, (plural, key) => this.get(plural, key));
  readonly remembered = new Remembered();
  readonly room = new Room({
    podsOn: (node) => this.#pods(this.#relations.podNode.ownersOf(node)),
    volumes: () => this.list("persistentvolumes"),
  });
  readonly #everyNamespace: boolean;
  #settings: OperatorSettings;

  constructor({ settings, everyNamespace = true }: IndexOptions) {
    this.#settings = settings;
    this.#everyNamespace = everyNamespace;
  }

  upsert<P extends Plural>(plural: P, objects: readonly KindMap[P][], observedAt: string): void {
    const changes: IndexChange[] = [];
    const dependants = new Dependants();
    for (const object of objects) {
      this.#observedAt.set(object, observedAt);
      const key = keyOf(object);
      const previous = this.get(plural, key);
      this.#put(plural, key, object);
      this.remembered.see(plural, object, { at: observedAt, download: this.downloadOf(key) });
      if (previous && isSameObject(object, previous, isDeepStrictEqual)) continue;
      this.#mark(plural, { key, object, previous }, dependants);
      const type = previous ? "modified" : "added";
      changes.push({ plural, object, previous, type } as IndexChange); // all of the plural P
    }
    this.#notify(dependants, changes);
  }

  remove(plural: Plural, keys: readonly string[], observedAt: string): void {
    const changes: IndexChange[] = [];
    const dependants = new Dependants();
    for (const key of keys) {
      const previous = this.get(plural, key);
      if (!previous) continue;
      this.#observedAt.set(previous, observedAt);
      this.#put(plural, key, null);
      this.#mark(plural, { key, object: null, previous }, dependants);
      const type = "deleted";
      changes.push({ plural, object: previous, previous, type } as IndexChange); // from that plural's store
    }
    this.#notify(dependants, changes);
  }

  get<P extends Plural>(plural: P, key: string): KindMap[P] | null {
    return this.#store[plural].get(key) ?? null;
  }

  list<P extends Plural>(plural: P): readonly KindMap[P][] {
    // What is kept under a plural was made from its store.
    const kept = this.#lists.get(plural) as readonly KindMap[P][] | undefined;
    if (kept) return kept;
    const list = [...this.#store[plural].values()];
    this.#lists.set(plural, list);
    return list;
  }

  observedAt(object: AnyObject): string | null {
    return this.#observedAt.get(object) ?? null;
  }

  setInvisible(plural: Plural, invisible: boolean): void {
    if (this.#invisible.has(plural) === invisible) return;
    if (invisible) this.#invisible.add(plural);
    else this.#invisible.delete(plural);
    this.#notifyEverything();
  }

  invisible(): ReadonlySet<Plural> {
    // A copy: what was gathered with it must not change with it.
    return new Set(this.#invisible);
  }

  setSettings(settings: OperatorSettings): void {
    if (isDeepStrictEqual(settings, this.#settings)) return;
    this.#settings = settings;
    this.#notifyEverything();
  }

  settings(): OperatorSettings {
    return this.#settings;
  }

  setDownload(podKey: string, download: Download | null): void {
    if (isDeepStrictEqual(this.downloadOf(podKey), download)) return;
    if (download) this.#downloads.set(podKey, download);
    else this.#downloads.delete(podKey);
    const dependants = new Dependants();
    for (const service of this.#relations.podService.targetsOf(podKey)) {
      dependants.service(service, { rejoin: false });
    }
    this.#notify(dependants, []);
  }

  downloadOf(podKey: string): Download | null {
    return this.#downloads.get(podKey) ?? null;
  }

  setAttachment(attachment: Attachment): void {
    const key = `${attachment.namespace}/${attachment.name}`;
    const current = this.attachmentOf(key);
    if (current && (isDeepStrictEqual(current, attachment) || outranks(current, attachment)))
      return;
    this.#attachments.set(key, attachment);
    const dependants = new Dependants();
    dependants.service(key, { rejoin: true });
    this.#notify(dependants, []);
  }

  attachmentOf(serviceKey: string): Attachment | null {
    return this.#attachments.get(serviceKey) ?? null;
  }

  claimKeysOf(serviceKey: string): readonly string[] {
    return [...this.#relations.claimsOf(serviceKey).keys()];
  }

  servicesOfModel(modelKey: string): Iterable<string> {
    return this.#relations.serviceModels.ownersOf(modelKey);
  }

  servicesOfClaim(claimKey: string): Iterable<string> {
    return this.#relations.serviceClaims.ownersOf(claimKey);
  }

  usesOf(claimKey: string): readonly ServiceUse[] {
    return remember(this.#uses, claimKey, () =>
      [...this.#relations.serviceClaims.ownersOf(claimKey)].flatMap((serviceKey) => {
        const service = this.get("inferenceservices", serviceKey);
        if (!service) return [];
        const model = this.get("models", `${service.metadata.namespace}/${service.spec.modelRef}`);
        const ways = [...this.#relations.waysOf(serviceKey, claimKey)];
        const attachment = this.attachmentOf(serviceKey);
        return ways.map((how) => ({ service, model, how, attachment }));
      }),
    );
  }

  podsOfService(serviceKey: string): readonly Pod[] {
    return this.#pods(this.#relations.podService.ownersOf(serviceKey)).sort(oldestFirst);
  }

  podsOfClaim(claimKey: string): readonly Pod[] {
    return remember(this.#claimPods, claimKey, () =>
      this.#pods(this.#relations.podClaims.ownersOf(claimKey)).filter((pod) => !isFinished(pod)),
    );
  }

  jobsOfClaim(claimKey: string): readonly Job[] {
    return [...this.#relations.jobClaims.ownersOf(claimKey)].flatMap(
      (key) => this.get("jobs", key) ?? [],
    );
  }

  seesEveryPod(): boolean {
    return this.#everyNamespace && !this.#invisible.has("pods");
  }

  eventsOf(kind: string, key: string): readonly KubeEvent[] {
    return [...this.#relations.eventRegarding.ownersOf(regardingKey(kind, key))]
      .flatMap((eventKey) => this.get("events", eventKey) ?? [])
      .sort((a, b) => Date.parse(eventTime(b)) - Date.parse(eventTime(a)));
  }

  subscribe(listener: (changed: ChangedKeys) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put<P extends Plural>(plural: P, key: string, object: KindMap[P] | null): void {
    if (object) this.#store[plural].set(key, object);
    else this.#store[plural].delete(key);
    this.#lists.delete(plural);
    this.#uses.clear();
    if (plural === "pods") this.#claimPods.clear();
    this.room.forget(plural);
  }

  #mark<P extends Plural>(plural: P, change: ObjectChange<P>, dependants: Dependants): void {
    this.#relations.update(plural, change.key, change.object);
    if (!change.object) this.remembered.forget(plural, change.key);
    if (plural === "pods" && !change.object) this.#downloads.delete(change.key);
    markDependants(plural, change, {
      relations: this.#relations,
      dependants,
      services: () => this.#store.inferenceservices.keys(),
      volumes: () => this.#store.persistentvolumes.values(),
      waiting: (namespace) => this.#waiting(namespace),
    });
  }

  #waiting(namespace: string): string[] {
    return [...this.#attachments.entries()]
      .filter(([, open]) => open.closedAt === null && open.namespace === namespace)
      .map(([key]) => key);
  }

  #notifyEverything(): void {
    const dependants = new Dependants();
    for (const key of this.#store.inferenceservices.keys()) {
      dependants.service(key, { rejoin: true });
    }
    for (const key of this.#store.persistentvolumeclaims.keys()) dependants.claims.add(key);
    this.#notify(dependants, []);
  }

  #notify(dependants: Dependants, changes: readonly IndexChange[]): void {
    const { services, claims } = dependants;
    for (const key of dependants.rejoin) {
      for (const claim of this.#rejoin(key)) claims.add(claim);
    }
    for (const claim of dependants.shared) {
      for (const service of this.#relations.serviceClaims.ownersOf(claim)) services.add(service);
    }
    if (services.size + claims.size + changes.length === 0) return;
    this.#uses.clear();
    tellAll(this.#listeners, { services, claims, changes });
  }

  /** Works out again which claims the service has to do with; returns those where that is different now. */
  #rejoin(key: string): string[] {
    const service = this.get("inferenceservices", key);
    if (!service) return this.#relations.setServiceClaims(key, new Map());
    const keys = [...this.#relations.serviceModels.targetsOf(key)];
    const target = `${service.metadata.namespace}/${service.spec.modelRef}`;
    const claims = planServiceClaims({
      service,
      models: keys.flatMap((model) => this.get("models", model) ?? []),
      model: this.get("models", target),
      deployment: this.get("deployments", key),
      pods: this.podsOfService(key),
      attachment: this.attachmentOf(key),
      settings: this.#settings,
    });
    return this.#relations.setServiceClaims(key, claims);
  }

  #pods(keys: Iterable<string>): Pod[] {
    return [...keys].flatMap((key) => this.get("pods", key) ?? []);
  }
}
