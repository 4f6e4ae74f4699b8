import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it, vi } from "vitest";

import { KubeApi, type KubeObject } from "@/e2e/cluster/kube-api";
import {
  startOperatorUnderTest,
  type OperatorUnderTest,
  type RecordedWrite,
} from "@/server/testing/operator-under-test";
import { findFreshWrites } from "@/server/testing/soak/fresh-pass";
import { createRandom } from "@/server/testing/soak/random";
import { createSoakWorld, type SoakWorld } from "@/server/testing/soak/soak-world";

const SERVICES = Number(process.env["SOAK_SERVICES"] ?? 300);
const SECONDS = Number(process.env["SOAK_SECONDS"] ?? 60);
const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);
const EDITS_PER_SECOND = 20;
const SETTLE_MS = 300_000;
const GROUP = "/apis/inference.llmkube.dev/v1alpha1";

let api: KubeApi;
let namespace: string;
let operator: OperatorUnderTest;
let world: SoakWorld;

beforeAll(() => {
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(() => api.close());
beforeEach(async () => {
  namespace = await api.createNamespace("soak");
  operator = await startOperatorUnderTest({ kubeconfig: inject("kubeconfig"), namespace });
  world = createSoakWorld({ api, namespace, random: createRandom(SEED) }, SERVICES);
});
afterEach(async () => {
  await operator.stop();
  await api.delete(`/api/v1/namespaces/${namespace}`);
  await world.clean();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// The simulated world of the sandbox is made for a person's cluster: its controllers take longer for 300 services than the soak lasts.
it.skipIf(!inject("realControlPlane"))(
  `settles after ${SECONDS} s of random edits of ${SERVICES} services`,
  async () => {
    await world.build();
    await settled("the services are up");
    const log = await editFor(SECONDS);
    const context = () => `seed ${SEED}; last edits:\n${log.slice(-20).join("\n")}`;
    await settled("the cluster is at rest after the edits", context);

    await vi.waitFor(
      async () => {
        const writes = await findFreshWrites(operator, namespace);
        expect(writes, context()).toEqual([]);
      },
      { timeout: 10_000, interval: 500 },
    );
    expect(await contradictions(), context()).toEqual([]);
    expect(repeated(operator.writes), context()).toEqual([]);
    expect(operator.errors, context()).toEqual([]);

    const before = requests();
    await pause(5_000); // how long nothing may happen
    expect(requests() - before, context()).toBe(0);
  },
  (SECONDS + 60) * 1_000 + 2 * SETTLE_MS,
);

const requests = () => operator.writes.length + operator.reads.length;

/** The load: so many edits a second, one after the other. */
async function editFor(seconds: number): Promise<string[]> {
  const log: string[] = [];
  const startedMs = Date.now();
  while (Date.now() < startedMs + seconds * 1_000) {
    log.push(await world.edit());
    await pause(Math.max(0, startedMs + (log.length * 1_000) / EDITS_PER_SECOND - Date.now()));
  }
  return log;
}

const LISTS = {
  services: () => `${GROUP}/namespaces/${namespace}/inferenceservices`,
  models: () => `${GROUP}/namespaces/${namespace}/models`,
  deployments: () => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  pods: () => `/api/v1/namespaces/${namespace}/pods`,
  claims: () => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
};

/** Until two looks at everything, some seconds apart, see the same versions. */
async function settled(what: string, context = () => ""): Promise<void> {
  const look = async () => {
    const lists = await Promise.all(Object.values(LISTS).map((path) => api.list(path())));
    return lists.flat().map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`);
  };
  let before = await look();
  await vi.waitFor(
    async () => {
      const now = await look();
      const known = new Set(before);
      before = now;
      const changed = now.filter((version) => !known.has(version)).length;
      const recent = operator.writes.slice(-10).map(({ method, path }) => `${method} ${path}`);
      expect(changed, `${what}: ${recent.join(", ")}\n${context()}`).toBe(0);
    },
    { timeout: SETTLE_MS, interval: 3_000 },
  );
}

/** What a person would call wrong at a glance, told without the operator's own rules. */
async function contradictions(): Promise<readonly string[]> {
  const [services, deployments, claims] = await Promise.all([
    api.list(LISTS.services()),
    api.list(LISTS.deployments()),
    api.list(LISTS.claims()),
  ]);
  const byName = (objects: readonly KubeObject[]) =>
    new Map(objects.map((object) => [object.metadata.name, object]));
  const [deploymentOf, claimOf] = [byName(deployments), byName(claims)];
  return services.flatMap((service) => [
    ...wrongCount(service, deploymentOf.get(service.metadata.name)),
    ...wrongAboutClaim(service, (claim) => claimOf.has(claim)),
  ]);
}

function wrongCount({ metadata, status }: KubeObject, deployment: KubeObject | undefined) {
  const said = (status?.readyReplicas ?? 0) as number;
  const running = (deployment?.["status"]?.readyReplicas ?? 0) as number;
  return said === running
    ? []
    : [`${metadata.name} says that ${said} are ready, its Deployment ${running}`];
}

function wrongAboutClaim(
  { metadata, spec, status }: KubeObject,
  isThere: (claim: string) => boolean,
) {
  if (status === undefined) return [`${metadata.name} has no status`];
  const claim = (spec.modelCache?.claimName ?? "") as string;
  const missing = (status.conditions as { reason: string }[]).some(
    ({ reason }) => reason === "ModelCacheClaimNotFound",
  );
  return missing && (claim === "" || isThere(claim))
    ? [`${metadata.name} misses "${claim}", which is there`]
    : [];
}

/** Writes whose body is that of the write before to the same object, times and versions left aside. */
function repeated(writes: readonly RecordedWrite[]): readonly string[] {
  const last = new Map<string, string>();
  const found: string[] = [];
  for (const { method, path, name, body, storedAs } of writes) {
    if (storedAs === "refused") continue;
    // One that was deleted in between and is made anew is another object.
    const key = `${path} ${name} ${storedAs}`;
    const text = `${method} ${JSON.stringify(body, withoutTimes)}`;
    if (last.get(key) === text) found.push(`${key} ${text}`);
    last.set(key, text);
  }
  return found;
}

const TIMES: ReadonlySet<string> = new Set([
  "resourceVersion",
  "lastUpdated",
  "lastTransitionTime",
]);

function withoutTimes(field: string, value: unknown): unknown {
  return TIMES.has(field) ? undefined : value;
}
