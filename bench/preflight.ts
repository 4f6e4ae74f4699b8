import { createObjectIndex, type ObjectIndex } from "../server/cluster/object-index";
import type { Claim, Volume } from "../server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "../server/domain/operator-settings";
import { createAccessReviewer } from "../server/kube/access-reviewer";
import { createClaimFieldWriter } from "../server/kube/claim-field-writer";
import { createKubeHttp, type KubeHttp } from "../server/kube/http-client";
import { loadClusterAccess } from "../server/kube/kube-config";
import { startReflectors } from "../server/kube/start-reflectors";
import { systemClock } from "../server/ports";
import { claimCandidates } from "../server/services/claim-candidates";
import type { ServiceContext } from "../server/services/context";
import { preflight } from "../server/services/preflight";
import { startSandbox } from "../e2e/cluster/start-sandbox";
import { waitUntil } from "../e2e/cluster/processes";
import { describeMs } from "./percentiles";

const SCALE = "services=2000,claims=10000,pods=4000,models=200,nodes=50,namespaces=20";
const PREFLIGHTS = 200;
const DRY_RUNS = 100;
const LISTS = 60;
const ACTOR = { name: "sandbox-admin", groups: ["system:masters"] };

/**
 * Preflight and the candidates' list by the functions behind the HTTP API, on an index that reflectors filled from a sandbox of 2,000
 * services and 10,000 claims, 500 of them in each namespace, half of those on disks of nodes.
 */
export async function measurePreflight(): Promise<readonly string[]> {
  const sandbox = await startSandbox({ demo: true, speed: 1, scale: SCALE });
  const { config } = loadClusterAccess({
    inCluster: false,
    kubeconfig: sandbox.kubeconfig,
    context: null,
  });
  const http = createKubeHttp({ config, userAgent: "mooring/bench" });
  const index = createObjectIndex({ settings: DEFAULT_OPERATOR_SETTINGS });
  const reflectors = startReflectors({
    http,
    sink: index,
    namespaces: null,
    onError: (error) => console.error(error),
  });
  try {
    await waitUntil("synced caches", async () => reflectors.synced());
    await reflectors.stop();
    localise(index);
    return await measure(index, http);
  } finally {
    await reflectors.stop();
    await http.close();
    await sandbox.stop();
  }
}

async function measure(index: ObjectIndex, http: KubeHttp): Promise<readonly string[]> {
  const without = contextOf(index, { apply: seenOf(index), read: seenOf(index), can: true });
  const asked = {
    ...without,
    claimField: createClaimFieldWriter(http),
    access: createAccessReviewer({ http, localUser: "nobody", clock: systemClock }),
  };
  const lists = await timed(LISTS, async (n) => claimCandidates(without, keyAt(index, n)));
  const alone = await timed(PREFLIGHTS, (n) => preflight(without, changeAt(index, n)));
  const whole = await timed(DRY_RUNS, (n) => preflight(asked, changeAt(index, n)));
  const sizes = ["inferenceservices", "persistentvolumeclaims", "pods", "nodes"] as const;
  const perNamespace = index
    .list("persistentvolumeclaims")
    .filter(({ metadata }) => metadata.namespace === keyAt(index, 0).namespace).length;
  return [
    sizes.map((plural) => `${String(index.list(plural).length)} ${plural}`).join(", "),
    `candidates over ${String(perNamespace)} claims: ${lists}`,
    `preflight without the API server's part: ${alone}`,
    `preflight with permission and dry run, asked of the sandbox: ${whole}`,
  ];
}

/** By the clock, and what of it this process was computing: on a busy machine the two are far apart. */
async function timed(times: number, run: (n: number) => Promise<unknown>): Promise<string> {
  for (let n = 0; n < 20; n += 1) await run(n);
  const samples: number[] = [];
  const busy: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const started = performance.now();
    const before = process.cpuUsage();
    await run(n);
    samples.push(performance.now() - started);
    const { user, system } = process.cpuUsage(before);
    busy.push((user + system) / 1000);
  }
  return `${describeMs(samples)}; of it CPU time ${describeMs(busy)}`;
}

/** Services far apart from each other, so that no answer is the one before. */
function serviceAt(index: ObjectIndex, n: number) {
  const services = index
    .list("inferenceservices")
    .filter(({ metadata }) => metadata.name.startsWith("service-"));
  const service = services[(n * 97) % services.length];
  if (service === undefined) throw new Error("the sandbox has no services");
  return service;
}

function keyAt(index: ObjectIndex, n: number) {
  const { namespace, name } = serviceAt(index, n).metadata;
  return { namespace, name };
}

function changeAt(index: ObjectIndex, n: number) {
  const key = keyAt(index, n);
  const claims = index
    .list("persistentvolumeclaims")
    .filter(({ metadata }) => metadata.namespace === key.namespace);
  return { ...key, claimName: claims[(n * 31) % claims.length]?.metadata.name ?? null };
}

function seenOf(index: ObjectIndex) {
  return (namespace: string, name: string) => {
    const service = index.get("inferenceservices", `${namespace}/${name}`);
    if (service === null) throw new Error("no such service");
    return service;
  };
}

type Answers = {
  readonly apply: ReturnType<typeof seenOf>;
  readonly read: ReturnType<typeof seenOf>;
  readonly can: boolean;
};

/** What preflight touches of the context; the API server's part answers at once. */
function contextOf(index: ObjectIndex, { apply, read, can }: Answers): ServiceContext {
  const context: Pick<
    ServiceContext,
    "actor" | "clock" | "index" | "claimField" | "access" | "operator"
  > & { readonly rows: Pick<ServiceContext["rows"], "requireReady"> } = {
    actor: ACTOR,
    clock: systemClock,
    index,
    rows: { requireReady: () => undefined },
    claimField: {
      read: async ({ namespace, name }) => read(namespace, name),
      apply: async ({ key }) => apply(key.namespace, key.name),
    },
    access: { can: async () => can },
    operator: () => ({ settings: DEFAULT_OPERATOR_SETTINGS, builtinOperator: false }),
  };
  return context as ServiceContext; // the two functions measured use no more of it
}

/** The sandbox's large cluster has network volumes only: every second claim becomes one on a disk of a node. */
function localise(index: ObjectIndex): void {
  const nodes = index.list("nodes");
  const claims: Claim[] = [];
  const volumes: Volume[] = [];
  index.list("persistentvolumeclaims").forEach((claim, at) => {
    const volume = index.get("persistentvolumes", claim.spec?.volumeName ?? "");
    const node = nodes[at % nodes.length];
    if (Math.floor(at / 20) % 2 === 0 || volume === null || node === undefined) return;
    claims.push({ ...claim, spec: { ...claim.spec, accessModes: ["ReadWriteOnce"] } });
    const hostname = node.metadata.labels?.["kubernetes.io/hostname"] ?? node.metadata.name;
    const matchExpressions = [
      { key: "kubernetes.io/hostname", operator: "In", values: [hostname] },
    ];
    const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions }] } };
    const spec = { ...volume.spec, accessModes: ["ReadWriteOnce"], nodeAffinity };
    volumes.push({ ...volume, spec });
  });
  const now = new Date().toISOString();
  index.upsert("persistentvolumeclaims", claims, now);
  index.upsert("persistentvolumes", volumes, now);
}
