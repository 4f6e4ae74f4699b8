import { isMetal } from "./cache-key";
import { stagesModel } from "./claim-selection";
import { hasGpu } from "./deployment/gpu";
import type { ClaimFacts, ServiceFacts } from "./facts";
import type { Claim, StorageClass } from "./objects";
import { planOperatorClaim } from "./operator-claim";
import { buildPodRequirements } from "./pod-requirements";
import { judgeNodes, type NodeFit, type Question } from "./scheduling";
import type { MountedClaim } from "./scheduling-volumes";
import {
  expectedCacheClaim,
  isVisible,
  planOf,
  rolledOutClaim,
  settingsFor,
} from "./service-state";
import { pvcSource } from "./source";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Whether the service has pods at all: one that a host agent serves has none. */
export function hasPods({ model }: ServiceFacts): boolean {
  return model === null || !isMetal(model);
}

/**
 * Where pods of the service could run with the claim, as of now; null when nodes cannot be seen. `claimFacts`: the claim asked about,
 * which counts only as far as pods would mount it; null: none, or one that does not exist.
 */
export function judgePlacement(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): readonly NodeFit[] | null {
  const known = judged.get(after);
  if (known?.claimFacts === claimFacts) return known.fits;
  const question = questionOf(after, claimFacts);
  const fits = question === null ? null : judgeNodes(question);
  judged.set(after, { claimFacts, fits });
  return fits;
}

/** The last answer about these facts: several checks ask the same. */
const judged = new WeakMap<
  ServiceFacts,
  { readonly claimFacts: ClaimFacts | null; readonly fits: readonly NodeFit[] | null }
>();

/** The same without what runs on the nodes now: where pods could ever land. */
export function judgePossible(
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): NodeFit[] | null {
  const question = questionOf(after, claimFacts);
  if (question === null) return null;
  const requirements = { ...question.requirements, unseen: [] };
  return judgeNodes({ ...question, requirements, load: "ignored" });
}

/** The question to the nodes; null when they cannot be seen. */
export function questionOf(after: ServiceFacts, claimFacts: ClaimFacts | null): Question | null {
  const { surroundings } = after;
  if (!isVisible(surroundings, "nodes")) return null;
  return {
    requirements: buildPodRequirements(after),
    nodes: surroundings.nodes,
    claims: mountedClaims(after, claimFacts),
    load: surroundings.podsOn,
    leaving: new Set(leavingPods(after)),
    moment: surroundings,
  };
}

/** With GPUs the operator ends all pods before it starts new ones; where the template stays as it is, they are the pods in question. */
function leavingPods(after: ServiceFacts): string[] {
  const stays = rolledOutClaim(after) === expectedCacheClaim(after);
  return isRecreated(after) || stays ? after.pods.map(({ metadata }) => metadata.uid) : [];
}

/** Whether all pods are ended before new ones start. */
export function isRecreated({ service, model }: ServiceFacts): boolean {
  return model !== null && hasGpu(service, model);
}

/** Every claim that a pod of the service would mount. The one asked about is left out where it does not exist: another check says so. */
function mountedClaims(after: ServiceFacts, asked: ClaimFacts | null): MountedClaim[] {
  const { service, model, draftModel } = after;
  const sources = stagesModel(service)
    ? [model, draftModel].map((each) => pvcSource(each?.spec.source ?? "")?.claim)
    : [];
  const volumes = service.spec.extraVolumes ?? [];
  const extra = volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  const others = new Set([...sources, ...extra].filter((name) => name !== undefined));
  const cache = mountedCache(after, asked);
  if (cache !== null) others.delete(cache.name);
  const named = [...others].map((name) => ({ name, facts: after.claims.get(name) }));
  const own = volumes.flatMap(({ name, ephemeral }) => {
    const spec = ephemeral?.volumeClaimTemplate?.spec;
    return spec === undefined ? [] : [newClaim(after, `its own ${name}`, spec)];
  });
  return [...(cache === null ? [] : [cache]), ...named, ...own];
}

function mountedCache(after: ServiceFacts, asked: ClaimFacts | null): MountedClaim | null {
  const name = asked?.claim.metadata.name ?? null;
  // What cannot be told is taken to be as it was asked.
  if (planOf(after).kind === "Unknown") return name === null ? null : { name, facts: asked };
  const expected = expectedCacheClaim(after);
  if (expected === null) return null;
  if (expected === name) return { name, facts: asked };
  const known = after.claims.get(expected);
  if (known !== null && known !== undefined) return { name: expected, facts: known };
  return toBeMade(after, expected);
}

/** The claim that the operator makes for the service; null when it would not, or what it makes is not known. */
function toBeMade(after: ServiceFacts, name: string): MountedClaim | null {
  const settings = settingsFor(after);
  if (after.claims.get(name) !== null || settings.unknown.includes("cacheStorageClass"))
    return null;
  const plan = planOperatorClaim(after.service, settings);
  if (plan.kind !== "claim" || plan.claim.metadata.name !== name) return null;
  return newClaim(after, name, plan.claim.spec);
}

/** A claim that will be made with the pod, or before it. */
function newClaim(
  { service, surroundings }: ServiceFacts,
  name: string,
  spec: NonNullable<Claim["spec"]>,
): MountedClaim {
  if (!isVisible(surroundings, "storageclasses")) return { name, facts: undefined };
  const storageClass = classOf(spec.storageClassName, surroundings.storageClasses);
  const className = spec.storageClassName ?? storageClass?.metadata.name;
  const meta = { uid: "", resourceVersion: "", creationTimestamp: surroundings.now };
  const claim: Claim = {
    metadata: { ...meta, name, namespace: service.metadata.namespace },
    spec: { ...spec, ...(className === undefined ? {} : { storageClassName: className }) },
    status: { phase: "Pending" },
  };
  return { name, facts: { ...NOBODY_KNOWS, claim, storageClass, surroundings } };
}

/** What a claim has that does not exist yet. */
const NOBODY_KNOWS = {
  volume: null,
  pods: [],
  jobs: [],
  uses: [],
  events: [],
  scan: null,
  held: [],
  diskNeighbours: [],
  provisionerPod: null,
};

/** The class of that name, else the cluster's default, the newest where there are several. */
function classOf(name: string | undefined, classes: readonly StorageClass[]): StorageClass | null {
  if (name !== undefined) return classes.find(({ metadata }) => metadata.name === name) ?? null;
  const [newest] = classes
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true")
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  return newest ?? null;
}
