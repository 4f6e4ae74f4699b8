import type { Attachment, AttachmentState } from "@/server/contract/attachment";
import type { ObjectKey } from "@/server/contract/service-view";
import type { Timeline, TimelineItem, TimelineSource } from "@/server/contract/timeline";
import type {
  EndpointSlice,
  HorizontalPodAutoscaler,
  InferenceService,
  KindMap,
  KubeService,
  Plural,
} from "@/server/domain/objects";

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Kinds that nobody watches; the built-in operator asks for the few objects it needs. */
export type UnwatchedKindMap = {
  services: KubeService;
  endpointslices: EndpointSlice;
  horizontalpodautoscalers: HorizontalPodAutoscaler;
};
/** Kinds that a controller may read or write directly. */
export type WritableKindMap = KindMap & UnwatchedKindMap;
export type WritablePlural = keyof WritableKindMap;

/** Kinds that the built-in operator makes for its services and nobody else needs. */
export type OwnedPlural = "services" | "horizontalpodautoscalers";

/** What the built-in operator made of those kinds, kept up to date by watches of its own. Keys are `namespace/name`. */
export interface OwnedObjects {
  /** null: there is none, or the kind may not be watched. */
  get<P extends OwnedPlural>(plural: P, key: string): WritableKindMap[P] | null;
  /** Told of the service that a changed object was made for, as `namespace/name`. Returns what ends it. */
  subscribe(listener: (serviceKey: string) => void): () => void;
  /** Resolves once every kind was read, or is known not to be readable; never rejects. */
  whenRead(): Promise<void>;
  stop(): Promise<void>;
}

export type ApplyOptions = {
  readonly fieldManager: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
};

/** Any object given to the API server; the server answers with what it stored. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
};

/**
 * Direct access to the API server, never a cache. Reads are null on NotFound; everything else throws `AppError`
 * (`Conflict`, `AlreadyExists`, `Forbidden`, `Invalid`, `ServiceUnavailable`, `Timeout`, …).
 */
export interface ObjectStore {
  get<P extends WritablePlural>(plural: P, key: ObjectKey): Promise<WritableKindMap[P] | null>;
  list<P extends WritablePlural>(
    plural: P,
    options: { readonly namespace?: string; readonly labelSelector?: string },
  ): Promise<readonly WritableKindMap[P][]>;
  create<P extends WritablePlural>(plural: P, object: Manifest): Promise<WritableKindMap[P]>;
  /** Server-side apply; creates or updates. */
  apply<P extends WritablePlural>(
    plural: P,
    object: Manifest,
    options: ApplyOptions,
  ): Promise<WritableKindMap[P]>;
  /** Replaces `status` at the object's resourceVersion. @throws AppError `Conflict` when stale. */
  replaceStatus<P extends WritablePlural>(plural: P, object: Manifest): Promise<WritableKindMap[P]>;
  /** JSON merge patch. */
  mergePatch<P extends WritablePlural>(
    plural: P,
    key: ObjectKey,
    patch: Readonly<Record<string, unknown>>,
    options: { readonly fieldManager: string },
  ): Promise<WritableKindMap[P]>;
  delete(plural: WritablePlural, key: ObjectKey, options: { readonly uid: string }): Promise<void>;
}

/** The one field Mooring writes on a service. Field manager `mooring`. */
export interface ClaimFieldWriter {
  /** As it is now on the API server, with every managedFields entry. */
  read(key: ObjectKey): Promise<InferenceService | null>;
  /**
   * Server-side apply of `spec.modelCache` with `metadata.uid` as precondition and strict field validation.
   * `claimName: null` applies without the field, which removes it where Mooring owns it.
   * @throws AppError `Conflict` with `causes` naming the other managers (or the changed uid), `Forbidden`, `Invalid`, `NotFound`, `ServiceUnavailable`.
   */
  apply(change: {
    readonly key: ObjectKey;
    readonly uid: string;
    readonly claimName: string | null;
    /** undefined leaves the field out of what is applied. */
    readonly persistence?: "Cached" | "Ephemeral" | undefined;
    readonly force: boolean;
    readonly dryRun: boolean;
  }): Promise<InferenceService>;
}

/**
 * Asks an LLMKube operator, which does not watch claims, to look at a service again: sets the annotation
 * `mooring.dev/reconcile-requested-at` and nothing else. Field manager `mooring`.
 */
export interface ReconcileRequester {
  /**
   * @throws AppError `Conflict` when the service is no longer at `resourceVersion` (where given) or has another uid;
   * `NotFound`, `Forbidden`, `ServiceUnavailable`.
   */
  request(wish: {
    readonly key: ObjectKey;
    readonly uid: string;
    readonly resourceVersion?: string;
    /** RFC 3339. */
    readonly requestedAt: string;
  }): Promise<void>;
}

export type Actor = { readonly name: string; readonly groups: readonly string[] };

/** Asks the API server; Mooring has no permission model of its own. */
export interface AccessReviewer {
  /** null: the API server could not tell. */
  can(
    actor: Actor,
    action: {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    },
  ): Promise<boolean | null>;
}

/** HTTP to a serving pod itself, past the API server. @throws Error when no answer comes within seconds. */
export interface ReplicaReader {
  read(url: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** A file on the disk of this process, or why it cannot be read. */
export type LocalFile =
  | {
      readonly kind: "file";
      readonly sizeBytes: number;
      /** 64 hex digits. */
      readonly sha256: string;
    }
  | { readonly kind: "unreadable"; readonly why: string };

/** Reads files to their end, however long that takes. */
export interface LocalFileReader {
  read(path: string): Promise<LocalFile>;
}

/** What tells whether a file upstream is still the same; "" and 0 where its server does not say. */
export type SourceFingerprint = { readonly etag: string; readonly contentLengthBytes: number };

/** Asks the server of a Model's file about it, without fetching it. null: nothing could be learned now. */
export interface SourceProber {
  probe(url: string): Promise<SourceFingerprint | null>;
}

export interface LogReader {
  read(target: LogTarget): Promise<string>;
  /** Chunks as they come, until the container ends or `signal` aborts. */
  follow(target: LogTarget, signal: AbortSignal): AsyncIterable<string>;
}
export type LogTarget = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The run before the present one; while the container waits to be started again, the one that ended last. */
  readonly previous?: boolean;
  /** Each line begins with the instant it was written at. */
  readonly timestamps?: boolean;
  /** null: all that the node has kept. */
  readonly tailLines?: number | null;
};

export type NewAttachment = {
  readonly key: ObjectKey;
  readonly serviceUid: string;
  readonly claimName: string | null;
  readonly persistence: "Cached" | "Ephemeral" | null;
  readonly previousClaimName: string | null;
  readonly previousPersistence: "Cached" | "Ephemeral" | null;
  readonly actor: Actor;
  readonly comment: string | null;
  readonly writeAnyway: boolean;
  readonly takeOwnership: boolean;
  readonly idempotencyKey: string | null;
};

/** An attachment with what only the reconciler needs. */
export type StoredAttachment = {
  readonly attachment: Attachment;
  readonly persistence: "Cached" | "Ephemeral" | null;
  readonly actor: Actor;
};

export type NewTransition = {
  readonly to: AttachmentState;
  readonly reason: string;
  readonly message: string;
};

/** One store per cluster id: rows of another cluster are not there. */
export interface AttachmentStore {
  /** Closes an open attachment of the same service as `Superseded` in the same transaction. The same idempotency key returns the first one again. */
  create(input: NewAttachment): Promise<Attachment>;
  get(id: string): Promise<Attachment | null>;
  getStored(id: string): Promise<StoredAttachment | null>;
  list(filter: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly state?: AttachmentState | undefined;
    readonly claim?: string | undefined;
    readonly limit: number;
    readonly continue?: string | undefined;
  }): Promise<{ readonly items: readonly Attachment[]; readonly continue: string | null }>;
  /** Every attachment that is not closed. */
  listOpen(): Promise<readonly StoredAttachment[]>;
  /** The open attachment of each service, else its last: what the index needs at start. */
  listCurrent(): Promise<readonly Attachment[]>;
  /** Compare-and-set on the current state. @throws AppError `Conflict` when it is no longer in `from`. */
  transition(id: string, from: AttachmentState, transition: NewTransition): Promise<Attachment>;
}

export type NewTimelineItem = Omit<TimelineItem, "id"> & {
  /** The service's chain this belongs to; several rows for several services. */
  readonly service: ObjectKey;
  /** Recording the same thing again is a no-op (uid of the Event, id of the transition, …). */
  readonly dedupeKey: string;
};

export interface TimelineStore {
  append(items: readonly NewTimelineItem[]): Promise<void>;
  /** Newest first. Gaps pass every filter. */
  list(
    service: ObjectKey,
    page: TimelineFilter & { readonly limit: number; readonly continue?: string | undefined },
  ): Promise<{ readonly items: readonly TimelineItem[]; readonly continue: string | null }>;
  /** The objects that the service's items are about, newest first. */
  objects(service: ObjectKey): Promise<NonNullable<Timeline["objects"]>>;
}

export type TimelineFilter = {
  readonly source?: readonly TimelineSource[] | undefined;
  readonly kind?: readonly string[] | undefined;
  /** Name of the object. */
  readonly object?: string | undefined;
};

/** Until when history was recorded, so that a restart can tell the hole it left. One per cluster id. */
export interface HistoryMarks {
  recordedUntil(): Promise<Date | null>;
  recordUntil(at: Date): Promise<void>;
}

/** Tells whether an answer can be had at all. */
export interface Pingable {
  ping(): Promise<void>;
}

/** Names of the kinds, for messages and the API. */
export const kindOfPlural = {
  inferenceservices: "InferenceService",
  models: "Model",
  persistentvolumeclaims: "PersistentVolumeClaim",
  persistentvolumes: "PersistentVolume",
  storageclasses: "StorageClass",
  nodes: "Node",
  pods: "Pod",
  deployments: "Deployment",
  jobs: "Job",
  events: "Event",
  namespaces: "Namespace",
  resourcequotas: "ResourceQuota",
  limitranges: "LimitRange",
} as const satisfies Record<Plural, string>;
