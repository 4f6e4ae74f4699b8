import type { Download } from "@/server/contract/service-view";
import { effectiveKey } from "@/server/domain/cache-key";
import { draftModelRef } from "@/server/domain/deployment/draft-model";
import type {
  ClaimFacts,
  HeldEntry,
  Policy,
  LikeModel,
  ServiceFacts,
  ServiceUse,
  Surroundings,
} from "@/server/domain/facts";
import type { AnyObject, Claim, InferenceService, KubeEvent, Pod } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import { sizeOf } from "@/server/domain/space";
import { eventTime, isFinished, keyOf, modelKeysOf, volumeNameOf } from "./object-references";
import type { ObjectIndex } from "./object-index";
import { inNamespace } from "./in-namespace";

/** What the index does not know and every rule needs. */
export type Around = {
  /** RFC 3339. */
  readonly now: string;
  readonly settings: OperatorSettings;
  readonly builtinOperator: boolean;
  /** Names of claims to be told about although the service has nothing to do with them yet. */
  readonly alsoClaims?: readonly string[];
};

/** Claims on one disk that are told of; a node's provisioner may have made hundreds. */
const MOST_NEIGHBOURS = 50;

/** Everything the rules of one service may look at, as of now; null when there is no such service. */
export function gatherServiceFacts(
  index: ObjectIndex,
  key: string,
  around: Around,
): ServiceFacts | null {
  const service = index.get("inferenceservices", key);
  if (!service) return null;
  const pods = index.podsOfService(key);
  const attachment = index.attachmentOf(key);
  let likeModels: readonly LikeModel[] | null = null;
  return {
    service,
    model: modelOf(index, service, service.spec.modelRef),
    draftModel: modelOf(index, service, draftModelRef(service)),
    deployment: index.get("deployments", key),
    pods: pods.filter((pod) => !isFinished(pod)),
    claims: claimsOf(index, service, around),
    events: eventsOf(index, service, pods),
    get likeModels() {
      return (likeModels ??= likeModelsOf(index, service));
    },
    writes: index.remembered.writesOf(key),
    downloads: downloadsOf(index, pods),
    // One of an earlier service of this name says nothing about this one.
    attachment: attachment?.serviceUid === service.metadata.uid ? attachment : null,
    policy: policyOf(index, service.metadata.namespace),
    surroundings: gatherSurroundings(index, around),
  };
}

/** Everything the rules of one claim may look at, as of now; null when there is no such claim. */
export function gatherClaimFacts(
  index: ObjectIndex,
  key: string,
  around: Around,
): ClaimFacts | null {
  return claimFacts(index, key, gatherSurroundings(index, around));
}

function gatherSurroundings(index: ObjectIndex, around: Around): Surroundings {
  return {
    now: around.now,
    invisible: index.invisible(),
    observedAt: (object) => index.observedAt(object),
    settings: around.settings,
    builtinOperator: around.builtinOperator,
    nodes: index.list("nodes"),
    podsOn: index.seesEveryPod() ? (node) => index.room.podsOnNode(node) : null,
    storageClasses: index.list("storageclasses"),
    volumesOfClass: (className) => index.room.volumesOfClass(className),
  };
}

function claimFacts(
  index: ObjectIndex,
  key: string,
  surroundings: Surroundings,
): ClaimFacts | null {
  const claim = index.get("persistentvolumeclaims", key);
  if (!claim) return null;
  const volumeName = volumeNameOf(claim);
  const className = claim.spec?.storageClassName ?? "";
  let uses: readonly ServiceUse[] | null = null;
  let held: readonly HeldEntry[] | null = null;
  let diskNeighbours: readonly ClaimFacts[] | null = null;
  return {
    claim,
    volume: volumeName === null ? null : index.get("persistentvolumes", volumeName),
    storageClass: className === "" ? null : index.get("storageclasses", className),
    pods: index.podsOfClaim(key),
    jobs: index.jobsOfClaim(key),
    scan: null, // nothing looks into claims yet
    // At first use: a claim shared by a thousand services is part of the facts of each of them, and few rules ask.
    get uses() {
      return (uses ??= index.usesOf(key));
    },
    get held() {
      return (held ??= heldOn(index, claim));
    },
    get diskNeighbours() {
      return (diskNeighbours ??= index.joins
        .diskNeighboursOf(key)
        .slice(0, MOST_NEIGHBOURS)
        .flatMap((neighbour) => claimFacts(index, neighbour, surroundings) ?? []));
    },
    provisionerPod: index.joins.provisionerPodOf(claim),
    events: aboutSame(index.eventsOf("PersistentVolumeClaim", key), claim),
    surroundings,
  };
}

/** What is known to be on the claim; where no log told its size, the Model does, as long as it still has that key. */
function heldOn(index: ObjectIndex, claim: Claim): readonly HeldEntry[] {
  return index.remembered.heldOn(claim).map((entry) => {
    const model = index.get("models", `${claim.metadata.namespace}/${entry.model ?? ""}`);
    const size = model !== null && effectiveKey(model) === entry.key ? sizeOf(model) : null;
    return { ...entry, bytes: entry.bytes ?? size };
  });
}

/** Other Models that have to do with the same bytes as the service's Model and draft, and where they are kept. */
function likeModelsOf(index: ObjectIndex, service: InferenceService): readonly LikeModel[] {
  const { namespace } = service.metadata;
  const own = new Set(modelKeysOf(service));
  const others = [...own].flatMap((key) => index.joins.modelsLike(key));
  return [...new Set(others)]
    .filter((model) => !own.has(keyOf(model)))
    .map((model) => {
      const keys = [...index.servicesOfModel(keyOf(model))].flatMap((key) =>
        index.claimKeysOf(key),
      );
      const claims = [...new Set(keys)].map((key) => key.slice(namespace.length + 1));
      return { model, claims: claims.sort() };
    });
}

function claimsOf(index: ObjectIndex, service: InferenceService, around: Around) {
  const { namespace } = service.metadata;
  const surroundings = gatherSurroundings(index, around);
  const known = index.claimKeysOf(keyOf(service)).map((key) => key.slice(namespace.length + 1));
  const names = new Set([...known, ...(around.alsoClaims ?? [])]);
  return new Map(
    [...names].map((name) => [name, claimFacts(index, `${namespace}/${name}`, surroundings)]),
  );
}

function policyOf(index: ObjectIndex, namespace: string): Policy {
  return {
    namespace: index.get("namespaces", namespace),
    quotas: inNamespace(index.list("resourcequotas"), namespace),
    limitRanges: inNamespace(index.list("limitranges"), namespace),
  };
}

function modelOf(index: ObjectIndex, { metadata }: InferenceService, name: string | null) {
  return name === null ? null : index.get("models", `${metadata.namespace}/${name}`);
}

function eventsOf(
  index: ObjectIndex,
  service: InferenceService,
  pods: readonly Pod[],
): readonly KubeEvent[] {
  const key = keyOf(service);
  const deployment = index.get("deployments", key);
  return [
    ...aboutSame(index.eventsOf("InferenceService", key), service),
    ...(deployment ? aboutSame(index.eventsOf("Deployment", key), deployment) : []),
    ...pods.flatMap((pod) => aboutSame(index.eventsOf("Pod", keyOf(pod)), pod)),
  ].sort((a, b) => Date.parse(eventTime(b)) - Date.parse(eventTime(a)));
}

/** Leaves out what was about an earlier object of the same name. */
function aboutSame(events: readonly KubeEvent[], { metadata }: AnyObject): KubeEvent[] {
  return events.filter(({ involvedObject: { uid } }) => !uid || uid === metadata.uid);
}

function downloadsOf(index: ObjectIndex, pods: readonly Pod[]): ReadonlyMap<string, Download> {
  return new Map(
    pods.flatMap((pod) => {
      const download = index.downloadOf(keyOf(pod));
      return download ? [[pod.metadata.name, download] as const] : [];
    }),
  );
}
