import { setCondition, type Condition, type Deployment, type ReplicaSet } from "./objects";
import { rolloutBounds } from "./rollout";

export type DeploymentFacts = {
  deployment: Deployment;
  /** The ReplicaSet of the present template. */
  current: ReplicaSet | undefined;
  sets: readonly ReplicaSet[];
  now: string;
  /** Seconds since the rollout last moved. */
  idleSeconds: number;
  /** Why the ReplicaSet could not be made. */
  refusal?: string | undefined;
};

type DeploymentStatus = NonNullable<Deployment["status"]>;
type Counts = {
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  unavailableReplicas: number;
};

/** The status that the deployment controller writes for what its ReplicaSets have. Absent counts are 0, as on the wire. */
export function deploymentStatus(facts: DeploymentFacts): DeploymentStatus {
  const { deployment, now } = facts;
  const counts = countReplicas(facts);
  const shown = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  const before = withoutFailure(deployment.status?.conditions);
  const available = availableCondition(deployment, counts);
  const progressing =
    facts.refusal === undefined ? progressingCondition(facts, counts) : createError(facts.refusal);
  const failure = failureCondition(facts);
  const all = failure === undefined ? [available, progressing] : [available, progressing, failure];
  const conditions = all.reduce<NonNullable<DeploymentStatus["conditions"]>>((list, next) => {
    const previous = list.find(({ type }) => type === next.type);
    const same = previous?.reason === next.reason && previous?.message === next.message;
    const lastUpdateTime = same ? (previous?.lastUpdateTime ?? now) : now;
    return setCondition(list, { ...next, lastUpdateTime }, now);
  }, before ?? []);
  return { observedGeneration: deployment.metadata.generation ?? 1, ...shown, conditions };
}

/** The rollout reached its goal: the current set is full and available and no old pod is left. */
export function isComplete(facts: Omit<DeploymentFacts, "now" | "idleSeconds">): boolean {
  const counts = countReplicas(facts);
  const wanted = facts.deployment.spec.replicas ?? 1;
  return (
    counts.updatedReplicas === wanted &&
    counts.replicas === wanted &&
    counts.availableReplicas === wanted
  );
}

/** Grows with each step of the rollout: when it stands still, the progress deadline runs. */
export function progressMark(facts: Omit<DeploymentFacts, "now" | "idleSeconds">): string {
  const { replicas, updatedReplicas, readyReplicas } = countReplicas(facts);
  return [facts.current?.metadata.uid, replicas, updatedReplicas, readyReplicas].join(" ");
}

function countReplicas({
  deployment,
  current,
  sets,
}: Pick<DeploymentFacts, "deployment" | "current" | "sets">): Counts {
  const sum = (amount: (set: ReplicaSet) => number | undefined) =>
    sets.reduce((total, set) => total + (amount(set) ?? 0), 0);
  const replicas = sum((set) => set.status?.replicas);
  const availableReplicas = sum((set) => set.status?.availableReplicas);
  return {
    replicas,
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(
      0,
      Math.max(replicas, deployment.spec.replicas ?? 1) - availableReplicas,
    ),
  };
}

function availableCondition(
  deployment: Deployment,
  counts: Counts,
): Condition & { status: string } {
  const needed = (deployment.spec.replicas ?? 1) - rolloutBounds(deployment).unavailable;
  const enough = counts.availableReplicas >= needed;
  return {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: enough
      ? "Deployment has minimum availability."
      : "Deployment does not have minimum availability.",
  };
}

function progressingCondition(facts: DeploymentFacts, counts: Counts): Condition {
  const name = `ReplicaSet "${facts.current?.metadata.name ?? ""}"`;
  const deadline = facts.deployment.spec.progressDeadlineSeconds ?? 600;
  if (isComplete(facts)) {
    return progressing("True", "NewReplicaSetAvailable", `${name} has successfully progressed.`);
  }
  if (facts.idleSeconds >= deadline) {
    return progressing("False", "ProgressDeadlineExceeded", `${name} has timed out progressing.`);
  }
  if (counts.updatedReplicas === 0 && counts.replicas === 0) {
    const created = `Created new replica set "${facts.current?.metadata.name ?? ""}"`;
    return progressing("True", "NewReplicaSetCreated", created);
  }
  return progressing("True", "ReplicaSetUpdated", `${name} is progressing.`);
}

/** Of a ReplicaSet whose pods are refused, in its words. */
function failureCondition({ sets, deployment }: DeploymentFacts): Condition | undefined {
  const found = sets
    .flatMap((set) => set.status?.conditions ?? [])
    .find(({ type }) => type === "ReplicaFailure");
  if (found === undefined) return undefined;
  const { type, status, reason = "", message = "" } = found;
  const before = deployment.status?.conditions?.find((condition) => condition.type === type);
  return { ...before, type, status, reason, message };
}

function withoutFailure(
  conditions: DeploymentStatus["conditions"],
): DeploymentStatus["conditions"] {
  return conditions?.filter(({ type }) => type !== "ReplicaFailure");
}

function createError(refusal: string): Condition {
  const message = `Failed to create new replica set: ${refusal}`;
  return progressing("False", "ReplicaSetCreateError", message);
}

function progressing(status: string, reason: string, message: string): Condition {
  return { type: "Progressing", status, reason, message };
}
