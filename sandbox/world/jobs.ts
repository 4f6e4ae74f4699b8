import type { Cluster } from "./cluster";
import type { Again, Loop } from "./loop";
import { randomSuffix } from "./names";
import { controllerOf, controllerUid, hasCondition, keyOf, type Job, type Pod } from "./objects";
import type { Recorder } from "./recorder";

const COMPONENT = "job-controller";

/** Runs Jobs one pod at a time until one succeeds or the back-off limit is reached. */
export function startJobs(cluster: Cluster, loop: Loop, record: Recorder): void {
  const byUid = cluster.jobs.index((job) => [job.metadata.uid]);
  const queue = loop.controller("jobs", (key) => {
    const job = cluster.jobs.get(key);
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
    if (isOver(job)) return expire(cluster, loop, job);
    if (job.spec.suspend === true) return undefined;
    return run(cluster, loop, { job, record });
  });
  cluster.jobs.onChange(({ key }) => queue.enqueue(key));
  cluster.pods.onChange(({ object }) => {
    for (const job of byUid(controllerUid(object) ?? "")) queue.enqueue(keyOf(job));
  });
}

function isOver(job: Job): boolean {
  return hasCondition(job, "Complete") || hasCondition(job, "Failed");
}

function expire(cluster: Cluster, loop: Loop, job: Job): Again {
  const ttl = job.spec.ttlSecondsAfterFinished;
  const finishedAt = job.status?.completionTime ?? job.status?.conditions?.[0]?.lastTransitionTime;
  if (ttl === undefined || finishedAt === undefined) return undefined;
  const age = (Date.parse(loop.timestamp()) - Date.parse(finishedAt)) / 1000;
  if (age < ttl) return ttl - age;
  cluster.client.delete("jobs.batch", job.metadata.namespace, job.metadata.name, {
    propagationPolicy: "Background",
  });
  return undefined;
}

function run(cluster: Cluster, loop: Loop, { job, record }: { job: Job; record: Recorder }): Again {
  const pods = cluster.podsOfOwner(job.metadata.uid);
  const inPhase = (phase: string) => pods.filter((pod) => pod.status?.phase === phase).length;
  const [succeeded, failed] = [inPhase("Succeeded"), inPhase("Failed")];
  const active = pods.length - succeeded - failed;
  const limitReached = failed > (job.spec.backoffLimit ?? 6);
  if (succeeded === 0 && !limitReached && active === 0) {
    const name = createPod(cluster, job);
    const message = `Created pod: ${name}`;
    record(job, { type: "Normal", reason: "SuccessfulCreate", message, component: COMPONENT });
    return undefined; // the new pod brings the key back
  }
  writeStatus(cluster, job, {
    now: loop.timestamp(),
    active,
    ready: pods.filter((pod) => hasCondition(pod, "Ready")).length,
    succeeded,
    failed,
    limitReached,
  });
  return undefined;
}

function createPod(cluster: Cluster, job: Job): string {
  const { namespace = "", name: owner, uid } = job.metadata;
  const { template } = job.spec;
  const name = `${owner}-${randomSuffix(5)}`;
  const labels = {
    ...template.metadata?.labels,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": owner,
    "controller-uid": uid,
    "job-name": owner,
  };
  cluster.client.create(
    "pods",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        generateName: `${owner}-`,
        namespace,
        labels,
        annotations: { ...template.metadata?.annotations },
        ownerReferences: controllerOf(job),
      },
      spec: template.spec,
      status: { phase: "Pending" satisfies NonNullable<Pod["status"]>["phase"] },
    },
    { manager: "kube-controller-manager" },
  );
  return name;
}

type Counts = {
  now: string;
  active: number;
  ready: number;
  succeeded: number;
  failed: number;
  limitReached: boolean;
};

function writeStatus(cluster: Cluster, job: Job, counts: Counts): void {
  const { now, active, ready, succeeded, failed, limitReached } = counts;
  const status = {
    startTime: job.status?.startTime ?? now,
    ...(active > 0 ? { active, ready } : {}),
    ...(succeeded > 0 ? { succeeded, completionTime: now } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...endConditions({ now, succeeded, limitReached }),
  };
  if (JSON.stringify(status) === JSON.stringify(job.status)) return;
  cluster.client.updateStatus(
    "jobs.batch",
    { ...job, status },
    { manager: "kube-controller-manager" },
  );
}

function endConditions({
  now,
  succeeded,
  limitReached,
}: Pick<Counts, "now" | "succeeded" | "limitReached">) {
  const times = { lastProbeTime: now, lastTransitionTime: now };
  if (succeeded > 0) {
    const why = {
      reason: "CompletionsReached",
      message: "Reached expected number of succeeded pods",
    };
    return {
      conditions: [
        { type: "SuccessCriteriaMet", status: "True", ...times, ...why },
        { type: "Complete", status: "True", ...times, ...why },
      ],
    };
  }
  if (!limitReached) return {};
  const why = {
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
  };
  return {
    conditions: [
      { type: "FailureTarget", status: "True", ...times, ...why },
      { type: "Failed", status: "True", ...times, ...why },
    ],
  };
}
