import { localDiskOf } from "@/server/domain/local-disk";
import type { AnyObject, KindMap, Model, Plural, Volume } from "@/server/domain/objects";
import { claimUidOfHelper } from "@/server/domain/provisioner-pod";
import { bytesIdentities } from "@/server/domain/same-bytes";
import { EdgeIndex } from "./edge-index";
import {
  claimKeysOfJob,
  claimKeysOfPod,
  keyOf,
  modelKeysOf,
  regardingOf,
  serviceKeyOf,
  volumeNameOf,
} from "./object-references";
import type { How, ServiceClaims } from "./service-claims";

const EMPTY: ServiceClaims = new Map();
const NO_WAYS: ReadonlySet<How> = new Set();

/** Which object points at which, as the objects themselves say. Owner → target. */
export class Relations {
  readonly serviceModels = new EdgeIndex();
  readonly podService = new EdgeIndex();
  readonly podClaims = new EdgeIndex();
  readonly jobClaims = new EdgeIndex();
  readonly podNode = new EdgeIndex();
  readonly claimVolume = new EdgeIndex();
  readonly claimClass = new EdgeIndex();
  readonly eventRegarding = new EdgeIndex();
  readonly serviceClaims = new EdgeIndex();
  /** What tells of a Model's bytes, within its namespace. */
  readonly modelBytes = new EdgeIndex();
  /** Directory of a node's disk in which the volume's own was made. */
  readonly volumeDisk = new EdgeIndex();
  /** Uid of the claim for which the pod makes a directory. */
  readonly helperClaimUid = new EdgeIndex();
  readonly #ways = new Map<string, ServiceClaims>();

  /** The object came, changed, or went (`object: null`). */
  update<P extends Plural>(plural: P, key: string, object: KindMap[P] | null): void {
    const set = SETTERS[plural] as ((relations: Relations, change: Change<P>) => void) | undefined;
    set?.(this, { key, object });
  }

  claimsOf(serviceKey: string): ServiceClaims {
    return this.#ways.get(serviceKey) ?? EMPTY;
  }

  /** Sets which claims the service has to do with; returns those where something is different. */
  setServiceClaims(serviceKey: string, claims: ServiceClaims): string[] {
    const before = this.claimsOf(serviceKey);
    if (claims.size === 0) this.#ways.delete(serviceKey);
    else this.#ways.set(serviceKey, claims);
    this.serviceClaims.set(serviceKey, claims.keys());
    return [...new Set([...before.keys(), ...claims.keys()])].filter(
      (key) => !isSameSet(before.get(key), claims.get(key)),
    );
  }

  waysOf(serviceKey: string, claimKey: string): ReadonlySet<How> {
    return this.claimsOf(serviceKey).get(claimKey) ?? NO_WAYS;
  }
}

type Change<P extends Plural> = { readonly key: string; readonly object: KindMap[P] | null };

const listOf = (value: string | null | undefined): string[] => (value ? [value] : []);

const SETTERS: {
  readonly [P in Plural]?: (relations: Relations, change: Change<P>) => void;
} = {
  inferenceservices: ({ serviceModels }, { key, object }) =>
    serviceModels.set(key, object ? modelKeysOf(object) : []),
  models: ({ modelBytes }, { key, object }) =>
    modelBytes.set(key, object ? bytesKeysOf(object) : []),
  persistentvolumes: ({ volumeDisk }, { key, object }) =>
    volumeDisk.set(key, listOf(object && diskKeyOf(object))),
  pods: ({ podService, podClaims, podNode, helperClaimUid }, { key, object }) => {
    helperClaimUid.set(key, listOf(object && claimUidOfHelper(object)));
    podService.set(key, listOf(object && serviceKeyOf(object)));
    podClaims.set(key, object ? claimKeysOfPod(object) : []);
    podNode.set(key, listOf(object?.spec?.nodeName));
  },
  jobs: ({ jobClaims }, { key, object }) =>
    jobClaims.set(key, object ? claimKeysOfJob(object) : []),
  persistentvolumeclaims: ({ claimVolume, claimClass }, { key, object }) => {
    claimVolume.set(key, listOf(object && volumeNameOf(object)));
    claimClass.set(key, listOf(object?.spec?.storageClassName));
  },
  events: ({ eventRegarding }, { key, object }) =>
    eventRegarding.set(key, object ? [regardingOf(object)] : []),
};

/** What the Model's bytes are known by; Models of other namespaces are on other claims. */
export function bytesKeysOf(model: Model): string[] {
  return bytesIdentities(model).map((identity) => `${model.metadata.namespace} ${identity}`);
}

/** The directory that the volume shares with others of its node; null for one that is no directory of one node. */
export function diskKeyOf(volume: Volume): string | null {
  const disk = localDiskOf(volume);
  return disk && `${disk.node} ${disk.parent}`;
}

function isSameSet(a: ReadonlySet<How> | undefined, b: ReadonlySet<How> | undefined): boolean {
  return a !== undefined && b !== undefined && a.size === b.size && [...a].every((x) => b.has(x));
}

/** Whether two versions of an object say the same; only their resourceVersion may differ. */
export function isSameObject(
  a: AnyObject,
  b: AnyObject,
  isEqual: (a: unknown, b: unknown) => boolean,
): boolean {
  if (a.metadata.uid !== b.metadata.uid || keyOf(a) !== keyOf(b)) return false;
  return isEqual(withoutVersion(a), withoutVersion(b));
}

function withoutVersion(object: AnyObject): unknown {
  return { ...object, metadata: { ...object.metadata, resourceVersion: "" } };
}
