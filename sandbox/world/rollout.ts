import type { Deployment, ReplicaSet } from "./objects";

export type ScaleStep = { replicaSet: ReplicaSet; replicas: number };

/** The pods a rollout may have above and may lack below the wanted number. */
export function rolloutBounds(deployment: Deployment): { surge: number; unavailable: number } {
  const replicas = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === "Recreate") return { surge: 0, unavailable: replicas };
  const { maxSurge = "25%", maxUnavailable = "25%" } =
    deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, replicas, Math.ceil);
  const unavailable = share(maxUnavailable, replicas, Math.floor);
  // Both zero would never move; the real controller allows one to be missing then.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function share(value: string | number, of: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  return value.endsWith("%") ? round((Number.parseFloat(value) / 100) * of) : Number(value);
}

/** The next sizes on the way from `old` to `current`; empty when nothing can be done now. */
export function planRollout(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly { replicaSet: ReplicaSet; pods: number }[],
): ScaleStep[] {
  const replicas = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === "Recreate") {
    const running = old.filter(({ replicaSet }) => sizeOf(replicaSet) > 0);
    if (running.length > 0) {
      return running.map(({ replicaSet }) => ({ replicaSet, replicas: 0 }));
    }
    const gone = old.every(({ pods }) => pods === 0);
    return gone ? resize(current, replicas) : [];
  }
  const sets = old.map(({ replicaSet }) => replicaSet);
  return [...growCurrent(deployment, current, sets), ...shrinkOld(deployment, current, sets)];
}

function growCurrent(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): ScaleStep[] {
  const replicas = deployment.spec.replicas ?? 1;
  const own = sizeOf(current);
  if (own >= replicas) return resize(current, replicas);
  const total = own + sum(old, sizeOf);
  const room = replicas + rolloutBounds(deployment).surge - total;
  return room <= 0 ? [] : resize(current, own + Math.min(room, replicas - own));
}

/** Pods that do not serve go first, then as many serving ones as the bounds allow. */
function shrinkOld(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): ScaleStep[] {
  const replicas = deployment.spec.replicas ?? 1;
  const minAvailable = Math.max(0, replicas - rolloutBounds(deployment).unavailable);
  const total = sizeOf(current) + sum(old, sizeOf);
  const currentUnavailable = sizeOf(current) - availableOf(current);
  let spare = total - minAvailable - currentUnavailable;
  let servingSpare = sum(old, availableOf) + availableOf(current) - minAvailable;
  const steps: ScaleStep[] = [];
  for (const replicaSet of old) {
    const size = sizeOf(replicaSet);
    const broken = Math.max(0, Math.min(size - availableOf(replicaSet), spare));
    const serving = Math.max(
      0,
      Math.min(availableOf(replicaSet), servingSpare, size - broken, spare - broken),
    );
    spare -= broken + serving;
    servingSpare -= serving;
    if (broken + serving > 0) steps.push({ replicaSet, replicas: size - broken - serving });
  }
  return steps;
}

function resize(replicaSet: ReplicaSet, replicas: number): ScaleStep[] {
  return sizeOf(replicaSet) === replicas ? [] : [{ replicaSet, replicas }];
}

/** The size that the ReplicaSet is asked to have. */
export function sizeOf(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

function availableOf(replicaSet: ReplicaSet): number {
  return replicaSet.status?.availableReplicas ?? 0;
}

function sum<T>(list: readonly T[], amount: (item: T) => number): number {
  return list.reduce((total, item) => total + amount(item), 0);
}
