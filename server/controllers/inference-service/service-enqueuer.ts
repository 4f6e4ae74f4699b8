import type { IndexChange } from "@/server/cluster/object-index";
import type { Improvements } from "@/server/domain/improvements";
import type { InferenceService } from "@/server/domain/objects";
import { SERVICE_LABEL } from "@/server/domain/service-labels";
import { isSameStatus } from "@/server/domain/status/service-status";
import { isAheadInGpuQueue } from "@/server/domain/status/gpu-queue";
import type { OperatorWatch } from "./operator-deps";

const WAITING = "WaitingForGPU";

type Enqueuer = {
  readonly index: OperatorWatch;
  readonly improvements: Improvements;
  readonly enqueue: (key: string) => void;
};

/** Enqueues every service that a change of a watched object concerns. Returns what ends it. */
export function createServiceEnqueuer(options: Enqueuer): () => void {
  const { index, enqueue } = options;
  return index.subscribe(({ changes }) => {
    for (const key of servicesOf(options, changes)) enqueue(key);
  });
}

function servicesOf(
  { index, improvements }: Enqueuer,
  changes: readonly IndexChange[],
): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const change of changes) {
    const { namespace, name } = change.object.metadata;
    const key = `${namespace}/${name}`;
    if (change.plural === "inferenceservices" && isNews(change)) keys.add(key);
    if (change.plural === "deployments") keys.add(key);
    if (change.plural === "models") addAll(keys, index.servicesOfModel(key));
    // LLMKube does not watch claims: one that appears is noticed only with something else.
    const claims = improvements.has("HealOnClaim") ? claimsOf(change) : [];
    for (const claim of claims) addAll(keys, index.servicesOfClaim(claim));
    addAll(keys, serviceOfPod(change));
  }
  addBehind(index, changes.flatMap(moversOf), keys);
  return keys;
}

/** Blind to a status that says the same at another time: such writes concern nobody. */
function isNews(change: IndexChange<"inferenceservices">): boolean {
  const { object: after, previous: before, type } = change;
  if (type !== "modified" || before === null) return true;
  return (
    before.metadata.generation !== after.metadata.generation ||
    before.metadata.uid !== after.metadata.uid ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    JSON.stringify(before.metadata.annotations) !== JSON.stringify(after.metadata.annotations) ||
    !isSameStatus(before.status ?? {}, after.status ?? {})
  );
}

/** Claims that came, went or were lost, and the claim of a changed volume: what else a claim says of itself does not matter here. */
function claimsOf(change: IndexChange): readonly string[] {
  const { plural, object } = change;
  if (plural === "persistentvolumes") {
    const { namespace = "", name = "" } = object.spec?.claimRef ?? {};
    return name === "" ? [] : [`${namespace}/${name}`];
  }
  if (change.plural !== "persistentvolumeclaims" || !isClaimNews(change)) return [];
  const { namespace, name } = object.metadata;
  return [`${namespace}/${name}`];
}

function isClaimNews(change: IndexChange<"persistentvolumeclaims">): boolean {
  const { object, previous, type } = change;
  if (type !== "modified" || previous === null) return true;
  const lost = (claim: typeof object) => claim.status?.phase === "Lost";
  return (
    lost(object) !== lost(previous) ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp
  );
}

function serviceOfPod({ plural, object }: IndexChange): readonly string[] {
  if (plural !== "pods") return [];
  const { namespace, labels } = object.metadata;
  const service = labels?.[SERVICE_LABEL];
  return service === undefined ? [] : [`${namespace}/${service}`];
}

function addAll(keys: Set<string>, more: Iterable<string>): void {
  for (const key of more) keys.add(key);
}

/** A service that joins the queue for GPUs or leaves it moves those behind it. */
function moversOf(change: IndexChange): readonly InferenceService[] {
  if (change.plural !== "inferenceservices") return [];
  const { object, previous, type } = change;
  const waited = phaseOf(previous) === WAITING;
  const waits = type !== "deleted" && phaseOf(object) === WAITING;
  return waited === waits ? [] : [object];
}

function addBehind(
  index: OperatorWatch,
  movers: readonly InferenceService[],
  keys: Set<string>,
): void {
  const [first, ...others] = movers;
  if (first === undefined) return;
  const foremost = others.reduce((a, b) => (isAheadInGpuQueue(b, a) ? b : a), first);
  for (const service of index.list("inferenceservices")) {
    if (phaseOf(service) === WAITING && isAheadInGpuQueue(foremost, service)) {
      keys.add(keyOf(service));
    }
  }
}

function phaseOf(service: InferenceService | null): string | undefined {
  return service?.status?.phase;
}

function keyOf({ metadata }: InferenceService): string {
  return `${metadata.namespace}/${metadata.name}`;
}
