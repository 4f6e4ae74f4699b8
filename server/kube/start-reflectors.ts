import type { WatchedKind } from "@/server/contract/cluster";
import type { KindMap, Plural } from "@/server/domain/objects";
import { kindOfPlural } from "@/server/ports";
import { createReflector, type Reflector, type ReflectorState } from "@/server/runtime/reflector";
import { systemTimers, type Timers } from "@/server/runtime/timers";
import type { KubeHttp } from "./http-client";
import { createListWatch } from "./list-watch";
import { resourceOf } from "./resources";

/** Where objects go; the object index is one. */
export interface ObjectSink {
  upsert<P extends Plural>(plural: P, objects: readonly KindMap[P][], observedAt: string): void;
  remove(plural: Plural, keys: readonly string[], observedAt: string): void;
  setInvisible(plural: Plural, invisible: boolean): void;
}

export interface Reflectors {
  stop(): Promise<void>;
  /** Ends every wait for a next try: somebody knows that the API server is back. */
  retryNow(): void;
  /** One per kind, in the order of the table. */
  kinds(): readonly WatchedKind[];
  /** Every kind has been listed once, or may not be. */
  synced(): boolean;
  /** false: at least one watch of a visible kind is broken; what is shown is as of `observedAt`. */
  connected(): boolean;
  /** RFC 3339 of the oldest news among the visible kinds that are not connected, else of the newest; null before the first. */
  observedAt(): string | null;
}

type Selection = { readonly labelSelector?: string; readonly fieldSelector?: string };

const about = (kind: string): Selection => ({ fieldSelector: `involvedObject.kind=${kind}` });

/** Every kind that is watched, and which of its objects; one LIST and one WATCH per selection (and namespace). */
const WATCHED: readonly { readonly plural: Plural; readonly selections: readonly Selection[] }[] = [
  { plural: "inferenceservices", selections: [{}] },
  { plural: "models", selections: [{}] },
  { plural: "persistentvolumeclaims", selections: [{}] },
  { plural: "persistentvolumes", selections: [{}] },
  { plural: "storageclasses", selections: [{}] },
  { plural: "nodes", selections: [{}] },
  // The API cannot select by volume; of what mounts no claim and belongs to no service, only the room it takes is kept.
  { plural: "pods", selections: [{}] },
  { plural: "deployments", selections: [{ labelSelector: "inference.llmkube.dev/service" }] },
  { plural: "jobs", selections: [{ labelSelector: "inference.llmkube.dev/model" }] },
  {
    plural: "events",
    selections: [
      about("InferenceService"),
      about("Model"),
      about("Deployment"),
      about("ReplicaSet"),
      about("Pod"),
      about("PersistentVolumeClaim"),
    ],
  },
  { plural: "namespaces", selections: [{}] },
  { plural: "resourcequotas", selections: [{}] },
  { plural: "limitranges", selections: [{}] },
];

export type ReflectorsOptions = {
  readonly http: KubeHttp;
  readonly sink: ObjectSink;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  readonly onError: (error: unknown, plural: Plural) => void;
  /** Told when a kind becomes (in)visible, synced, (dis)connected, or fails. */
  readonly onStateChange?: () => void;
  readonly timers?: Timers;
};

/** Starts to keep `sink` equal to the cluster, one reflector per kind (and namespace). */
export function startReflectors(options: ReflectorsOptions): Reflectors {
  const groups = WATCHED.map(({ plural, selections }) => startKind(plural, selections, options));
  const states = () => groups.map(({ state }) => state());
  const visible = () => states().filter((state) => state.visible !== false);
  return {
    stop: async () => {
      await Promise.all(groups.map((group) => group.stop()));
    },
    retryNow: () => groups.forEach((group) => group.retryNow()),
    kinds: () => groups.map(({ plural, state }) => toWatchedKind(plural, state())),
    synced: () => visible().every((state) => state.synced),
    connected: () => visible().every((state) => state.connected),
    observedAt: () => observedAt(visible()),
  };
}

type KindGroup = {
  readonly plural: Plural;
  readonly state: () => ReflectorState;
  readonly stop: () => Promise<void>;
  readonly retryNow: () => void;
};

function startKind(
  plural: Plural,
  selections: readonly Selection[],
  options: ReflectorsOptions,
): KindGroup {
  const { http, sink, timers = systemTimers } = options;
  const namespaces = resourceOf(plural).namespaced ? (options.namespaces ?? [null]) : [null];
  const now = () => new Date(timers.now()).toISOString();
  const reflectors: Reflector[] = [];
  const state = () => mergeStates(reflectors.map((reflector) => reflector.state()));
  const onStateChange = () => {
    sink.setInvisible(plural, state().visible === false);
    options.onStateChange?.();
  };
  for (const namespace of namespaces) {
    for (const selection of selections) {
      const reflector = createReflector<KindMap[Plural]>({
        source: createListWatch({ http, plural, namespace, ...selection }),
        sink: {
          upsert: (objects) => sink.upsert(plural, objects, now()),
          remove: (keys) => sink.remove(plural, keys, now()),
        },
        onError: (error) => options.onError(error, plural),
        onStateChange,
        timers,
      });
      reflectors.push(reflector);
    }
  }
  for (const reflector of reflectors) reflector.start();
  return {
    plural,
    state,
    retryNow: () => reflectors.forEach((reflector) => reflector.retryNow()),
    stop: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
  };
}

/** A kind of several watches is only as good as the worst of them. */
function mergeStates(states: readonly ReflectorState[]): ReflectorState {
  const visibles = states.map(({ visible }) => visible);
  const times = states.flatMap(({ lastEventAt }) => lastEventAt ?? []).sort();
  return {
    synced: states.every(({ synced }) => synced),
    visible: visibles.includes(false) ? false : visibles.includes(null) ? null : true,
    connected: states.every(({ connected }) => connected),
    lastEventAt: times.at(-1) ?? null,
    restarts: states.reduce((sum, { restarts }) => sum + restarts, 0),
    error: states.find(({ error }) => error !== null)?.error ?? null,
    objects: states.reduce((sum, { objects }) => sum + objects, 0),
  };
}

function toWatchedKind(plural: Plural, state: ReflectorState): WatchedKind {
  const { visible, synced, objects, lastEventAt, restarts, error } = state;
  const kind = kindOfPlural[plural];
  return { kind, plural, visible, synced, objects, lastEventAt, restarts, error };
}

function observedAt(states: readonly ReflectorState[]): string | null {
  const timesOf = (some: readonly ReflectorState[]) =>
    some.flatMap(({ lastEventAt }) => lastEventAt ?? []).sort();
  const behind = timesOf(states.filter(({ connected }) => !connected));
  return behind[0] ?? timesOf(states).at(-1) ?? null;
}
