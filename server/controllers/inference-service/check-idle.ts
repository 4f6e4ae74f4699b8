import { backendOf } from "@/server/domain/deployment/backends";
import { idleSignOf } from "@/server/domain/deployment/idle-signs";
import type { InferenceService, Pod } from "@/server/domain/objects";
import type { IdleVerdict } from "@/server/domain/status/rollout-deferral";
import type { ReplicaReader } from "@/server/ports";

/** Asks every addressable pod of the service, ready or not, whether it works on a request: one that is not ready may still finish what it took. */
export async function checkIdle(
  replicas: ReplicaReader,
  service: InferenceService,
  pods: readonly Pod[],
): Promise<IdleVerdict> {
  const sign = idleSignOf(service);
  if (sign === null) return { kind: "unsupported" };
  const addresses = pods.flatMap(({ status }) => status?.podIP ?? []);
  if (addresses.length === 0) return { kind: pods.length === 0 ? "idle" : "busy" };
  for (const address of addresses) {
    const url = `http://${bracketed(address)}:${idlePort(service)}${sign.path}`;
    const verdict = await ask(replicas, url, sign.read);
    if (verdict.kind !== "idle") return verdict;
  }
  return { kind: "idle" };
}

async function ask(
  replicas: ReplicaReader,
  url: string,
  read: NonNullable<ReturnType<typeof idleSignOf>>["read"],
): Promise<IdleVerdict> {
  try {
    const answer = await replicas.read(url);
    const idle = read(answer);
    if (idle === null) {
      return { kind: "failed", message: `${url} answered ${answer.status} without saying so` };
    }
    return { kind: idle ? "idle" : "busy" };
  } catch (error) {
    // Not lost: the verdict is the service's condition, and the rollout waits.
    return { kind: "failed", message: `${url}: ${error instanceof Error ? error.message : ""}` };
  }
}

/** The endpoint's port comes first here, unlike for the container. */
function idlePort(service: InferenceService): number {
  const { endpoint, containerPort } = service.spec;
  return endpoint?.port ?? containerPort ?? backendOf(service).port;
}

const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);
