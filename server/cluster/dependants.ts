import { isDeepStrictEqual } from "node:util";

import type { ClusterNode, KindMap, Model, Plural, Pod, Volume } from "@/server/domain/objects";
import {
  claimKeyOfVolume,
  claimKeysOfJob,
  claimKeysOfPod,
  keyOf,
  modelKeyOf,
  modelKeysOf,
  regardingOf,
  serviceKeyOf,
} from "./object-references";
import { bytesKeysOf, type Relations } from "./relations";

/** What a change makes it necessary to compute again. */
export class Dependants {
  readonly services = new Set<string>();
  readonly claims = new Set<string>();
  /** Services whose claims may be others now. */
  readonly rejoin = new Set<string>();
  /** Claims of which every user is a dependant as well. */
  readonly shared = new Set<string>();

  service(key: string | null, { rejoin }: { readonly rejoin: boolean }): void {
    if (key === null) return;
    this.services.add(key);
    if (rejoin) this.rejoin.add(key);
  }

  /** The claim's own row, and the services that have to do with it. */
  claim(key: string | null): void {
    if (key === null) return;
    this.claims.add(key);
    this.shared.add(key);
  }
}

/** One object before and after; one of the two may be missing. */
export type ObjectChange<P extends Plural> = {
  readonly key: string;
  readonly object: KindMap[P] | null;
  readonly previous: KindMap[P] | null;
};

type Context = {
  readonly relations: Relations;
  readonly dependants: Dependants;
  readonly services: () => Iterable<string>;
  /** Services of the namespace that a change of claim is waiting for. */
  readonly waiting: (namespace: string) => Iterable<string>;
  /** Present volumes, for what a node can reach. */
  readonly volumes: () => Iterable<Volume>;
};

/** Adds what depends on the change; the relations already hold its new side. */
export function markDependants<P extends Plural>(
  plural: P,
  change: ObjectChange<P>,
  context: Context,
): void {
  (MARKERS[plural] as (change: ObjectChange<P>, context: Context) => void)(change, context);
}

const MARKERS: {
  readonly [P in Plural]: (change: ObjectChange<P>, context: Context) => void;
} = {
  inferenceservices({ key, object, previous }, { relations, dependants }) {
    dependants.service(key, { rejoin: true });
    // A claim shows who uses it and with which models, nothing of a user's status.
    if (isDeepStrictEqual(object?.spec, previous?.spec)) return;
    for (const claim of relations.serviceClaims.targetsOf(key)) dependants.claims.add(claim);
    const models = new Set(sidesOf(object, previous).flatMap(modelKeysOf));
    const bytes = [...models].flatMap((model) => [...relations.modelBytes.targetsOf(model)]);
    markOthersWith(bytes, models, { relations, dependants });
  },
  models({ key, object, previous }, { relations, dependants }) {
    const other = !isDeepStrictEqual(modelForClaims(object), modelForClaims(previous));
    const bytes = other ? sidesOf(object, previous).flatMap(bytesKeysOf) : [];
    markOthersWith(bytes, new Set([key]), { relations, dependants });
    for (const service of relations.serviceModels.ownersOf(key)) {
      dependants.service(service, { rejoin: true });
      if (!other) continue;
      for (const claim of relations.serviceClaims.targetsOf(service)) dependants.claims.add(claim);
    }
  },
  deployments(change, { dependants }) {
    dependants.service(change.key, { rejoin: true });
  },
  pods({ object, previous }, { dependants }) {
    const other = !isDeepStrictEqual(podForClaims(object), podForClaims(previous));
    for (const pod of sidesOf(object, previous)) {
      dependants.service(serviceKeyOf(pod), { rejoin: other });
      if (other) for (const claim of claimKeysOfPod(pod)) dependants.claim(claim);
    }
  },
  persistentvolumeclaims({ key }, { dependants }) {
    dependants.claim(key);
  },
  persistentvolumes({ key, object, previous }, { relations, dependants }) {
    for (const claim of relations.claimVolume.ownersOf(key)) dependants.claim(claim);
    for (const volume of sidesOf(object, previous)) dependants.claim(claimKeyOfVolume(volume));
  },
  storageclasses({ key }, { relations, dependants }) {
    for (const claim of relations.claimClass.ownersOf(key)) dependants.claim(claim);
  },
  nodes(change, { relations, dependants, volumes, services }) {
    // Where a service could run is a question to every node.
    for (const service of services()) dependants.services.add(service);
    const nodes = sidesOf(change.object, change.previous);
    for (const volume of volumes()) {
      if (nodes.some((node) => mayName(volume, node))) markVolume(volume, relations, dependants);
    }
  },
  events({ object, previous }, { relations, dependants }) {
    for (const event of sidesOf(object, previous)) {
      markRegarding(regardingOf(event), relations, dependants);
    }
  },
  jobs({ object, previous }, { relations, dependants }) {
    for (const job of sidesOf(object, previous)) {
      for (const claim of claimKeysOfJob(job)) dependants.claims.add(claim);
      const model = modelKeyOf(job);
      if (model === null) continue;
      for (const service of relations.serviceModels.ownersOf(model)) {
        dependants.service(service, { rejoin: false });
      }
    }
  },
  // Policies are in no row. They decide whether pods can be made, which only a change that is not carried out yet asks.
  namespaces({ key, object, previous }, context) {
    if (isDeepStrictEqual(object?.metadata.labels, previous?.metadata.labels)) return;
    markWaiting(key, context);
  },
  resourcequotas({ key }, context) {
    markWaiting(namespaceOfKey(key), context);
  },
  limitranges({ key }, context) {
    markWaiting(namespaceOfKey(key), context);
  },
};

function markWaiting(namespace: string, { dependants, waiting }: Context): void {
  for (const service of waiting(namespace)) dependants.services.add(service);
}

function namespaceOfKey(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

function sidesOf<T>(object: T | null, previous: T | null): T[] {
  return [object, previous].filter((side): side is T => side !== null);
}

/** Services of every other Model that brings some of these bytes. */
function markOthersWith(
  bytesKeys: readonly string[],
  own: ReadonlySet<string>,
  { relations, dependants }: Pick<Context, "relations" | "dependants">,
): void {
  const { modelBytes, serviceModels } = relations;
  for (const model of new Set(bytesKeys.flatMap((bytes) => [...modelBytes.ownersOf(bytes)]))) {
    if (own.has(model)) continue;
    for (const service of serviceModels.ownersOf(model)) dependants.services.add(service);
  }
}

function markVolume(volume: Volume, relations: Relations, dependants: Dependants): void {
  for (const claim of relations.claimVolume.ownersOf(keyOf(volume))) dependants.claims.add(claim);
}

function markRegarding(regarding: string, relations: Relations, dependants: Dependants): void {
  const space = regarding.indexOf(" ");
  const key = regarding.slice(space + 1);
  switch (regarding.slice(0, space)) {
    case "PersistentVolumeClaim":
      dependants.claim(key);
      break;
    case "Pod":
      for (const service of relations.podService.targetsOf(key)) dependants.services.add(service);
      break;
    case "InferenceService":
    case "Deployment":
      dependants.services.add(key);
      break;
    default:
    // Events about other kinds are in no row.
  }
}

/** What a claim's row and its other users can notice of a Model. */
function modelForClaims(model: Model | null): unknown {
  const { path, size, cacheKey, gguf } = model?.status ?? {};
  return model && [model.spec, cacheKey, size, path, gguf?.modelName];
}

/** What a claim's row and its other users can notice of a pod. */
function podForClaims(pod: Pod | null): unknown {
  if (!pod) return null;
  const { metadata, spec, status } = pod;
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  return [
    metadata.uid,
    metadata.labels,
    metadata.deletionTimestamp,
    spec?.nodeName,
    spec?.volumes,
    status?.phase,
    scheduled?.status,
    scheduled?.message,
  ];
}

/** Whether the volume's node affinity could be answered differently because of this node. Wider than exact. */
function mayName({ spec }: Volume, { metadata }: ClusterNode): boolean {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms.some(({ matchExpressions = [], matchFields = [] }) =>
    [...matchExpressions, ...matchFields].every(({ key, operator, values = [] }) => {
      if (operator !== "In") return true;
      const value = key === "metadata.name" ? metadata.name : metadata.labels?.[key];
      return value !== undefined && values.includes(value);
    }),
  );
}
