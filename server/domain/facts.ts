import type { Attachment } from "@/server/contract/attachment";
import type { Download } from "@/server/contract/service-view";
import type {
  AnyObject,
  Claim,
  ClusterNode,
  Deployment,
  InferenceService,
  Job,
  KubeEvent,
  LimitRange,
  Model,
  Namespace,
  Plural,
  Pod,
  ResourceQuota,
  StorageClass,
  Volume,
} from "./objects";
import type { OperatorSettings } from "./operator-settings";

/** What holds for every fact: when it was seen, what could not be seen, and the clock of this computation. */
export type Surroundings = {
  /** RFC 3339; the only clock a rule may use. */
  readonly now: string;
  /** Kinds that may not be listed: what depends on them is unknown, not absent. */
  readonly invisible: ReadonlySet<Plural>;
  /** RFC 3339 of the watch event (or list) that brought this version of the object; null for one we made up (preflight). */
  readonly observedAt: (object: AnyObject) => string | null;
  readonly settings: OperatorSettings;
  /** true: Mooring's built-in operator; it watches claims, so services heal by themselves. */
  readonly builtinOperator: boolean;
  readonly nodes: readonly ClusterNode[];
  /** Pods of every namespace that have that node and are not finished; null: not every pod can be seen, so what is in use is unknown. */
  readonly podsOn: ((node: string) => readonly Pod[]) | null;
  readonly storageClasses: readonly StorageClass[];
  /** Volumes of the class of that name that no claim is bound to, kept ones too; "" is no class. */
  readonly volumesOfClass: (className: string) => readonly Volume[];
};

/** What a namespace lets its pods and claims be. */
export type Policy = {
  /** null: namespaces may not be listed. */
  readonly namespace: Namespace | null;
  readonly quotas: readonly ResourceQuota[];
  readonly limitRanges: readonly LimitRange[];
};

/** What a look into a claim found. */
export type ClaimScan = {
  /** RFC 3339. */
  readonly finishedAt: string;
  /** Cache keys whose files were all there. */
  readonly completeKeys: readonly string[];
};

/** A service that has to do with a claim. One service may appear once per way. */
export type ServiceUse = {
  readonly service: InferenceService;
  readonly model: Model | null;
  readonly how: "declared" | "rolledOut" | "mounted" | "preStaged";
  /** The service's open attachment, else its last; absent where nobody looked. */
  readonly attachment?: Attachment | null;
};

/** A directory that a downloader was seen to finish on a claim, as long as Mooring runs. */
export type HeldEntry = {
  /** The directory's name: the cache key. */
  readonly key: string;
  /** The Model as the pod named it; null for a draft. */
  readonly model: string | null;
  /** What the download's log told, else the Model's size; null: unknown. */
  readonly bytes: number | null;
  /** RFC 3339 when the downloader ended. */
  readonly at: string;
};

/** Another Model of the namespace that brings the same bytes, or has the same directory. */
export type LikeModel = {
  readonly model: Model;
  /** Names of the claims that services of it have to do with. */
  readonly claims: readonly string[];
};

/** One generation of a service as it was seen, with who owned `spec.modelCache.claimName` last. */
export type FieldWrite = {
  readonly generation: number;
  /** RFC 3339 when it was seen. */
  readonly at: string;
  /** null: the field was not set. */
  readonly claimName: string | null;
  /** null: nobody owned the field. */
  readonly manager: string | null;
};

/** Everything the rules of one claim may look at. */
export type ClaimFacts = {
  readonly claim: Claim;
  /** The bound volume; null when unbound, not visible, or gone. */
  readonly volume: Volume | null;
  readonly storageClass: StorageClass | null;
  /** Every visible pod that names the claim in a volume and is not finished (phase Succeeded or Failed). */
  readonly pods: readonly Pod[];
  readonly uses: readonly ServiceUse[];
  /** Jobs that name the claim in a volume. */
  readonly jobs: readonly Job[];
  /** The last look into the claim; null: nobody has looked. */
  readonly scan: ClaimScan | null;
  /** What is known to have been brought onto it, oldest first. Empty: nothing is known, not that it is empty. */
  readonly held: readonly HeldEntry[];
  /** Claims whose volumes lie below the same directory of the same node's disk. */
  readonly diskNeighbours: readonly ClaimFacts[];
  /** The pod that makes the claim's directory for a local-path provisioner; null when there is none or it is not visible. */
  readonly provisionerPod: Pod | null;
  /** Events that regard the claim, newest first. */
  readonly events: readonly KubeEvent[];
  readonly surroundings: Surroundings;
};

/** Everything the rules of one service may look at. */
export type ServiceFacts = {
  readonly service: InferenceService;
  /** null: there is none of that name (or models are invisible). */
  readonly model: Model | null;
  readonly draftModel: Model | null;
  readonly deployment: Deployment | null;
  /** Pods with the service's label that are not finished, of every template, oldest first. */
  readonly pods: readonly Pod[];
  /**
   * Every claim that matters to the service by its name: declared, effective, rolled out, mounted, pre-staged, and those asked about.
   * null: it does not exist (claims being visible). A name that is not a key was not asked about.
   */
  readonly claims: ReadonlyMap<string, ClaimFacts | null>;
  /** Events that regard the service, its Deployment or its pods, newest first. */
  readonly events: readonly KubeEvent[];
  /** Other Models of the namespace with the same bytes or the same directory. */
  readonly likeModels: readonly LikeModel[];
  /** The last generations that were seen, oldest first, bounded; empty when it was not watched. */
  readonly writes: readonly FieldWrite[];
  /** Progress by pod name, read from the downloader's log. */
  readonly downloads: ReadonlyMap<string, Download>;
  /** The open attachment, else the last. */
  readonly attachment: Attachment | null;
  /** Of the service's namespace. */
  readonly policy: Policy;
  readonly surroundings: Surroundings;
};
