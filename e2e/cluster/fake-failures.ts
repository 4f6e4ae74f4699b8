import type { KubeApi, KubeObject } from "./kube-api";

type Fields = Readonly<Record<string, unknown>>;
type Init = {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
};
type Volume = {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
};

/** How a container of the stand-in fails: curl's last line and exit code. */
export type FakeFailure = { readonly line: string; readonly exitCode: number };

const FAILURES: Readonly<Record<string, FakeFailure>> = {
  "401": { line: "curl: (22) The requested URL returned error: 401", exitCode: 22 },
  "403": { line: "curl: (22) The requested URL returned error: 403", exitCode: 22 },
  "404": { line: "curl: (22) The requested URL returned error: 404", exitCode: 22 },
  tls: {
    line: "curl: (60) SSL certificate problem: unable to get local issuer certificate",
    exitCode: 60,
  },
  dns: { line: "curl: (6) Could not resolve host: models.example.com", exitCode: 6 },
  refused: {
    line: "curl: (7) Failed to connect to models.example.com port 443 after 3 ms: Could not connect to server",
    exitCode: 7,
  },
};
const FULL: FakeFailure = {
  line: "curl: (23) Failure writing output to destination: No space left on device",
  exitCode: 23,
};

/** The status of a pod whose downloader has failed and waits to be started again; undefined when it says so already. */
export function crashingStatus(
  pod: KubeObject,
  failure: FakeFailure,
  now: string,
): Fields | undefined {
  const inits = (pod["spec"]?.initContainers ?? []) as readonly Init[];
  const main = (pod["spec"]?.containers ?? []) as readonly Init[];
  const message = `${failure.line}\n`;
  if (JSON.stringify(pod["status"] ?? {}).includes(JSON.stringify(message))) return undefined;
  const at = inits.findIndex(({ name }) => name === downloaderOf(pod));
  const times = { startedAt: now, finishedAt: now };
  const done = { terminated: { exitCode: 0, reason: "Completed", ...times } };
  const failed = { exitCode: failure.exitCode, reason: "Error", message, ...times };
  return {
    phase: "Pending",
    initContainerStatuses: inits.map((container, index) => {
      if (index < at) return statusOf(container, { state: done, ready: true });
      if (index > at) return statusOf(container, { state: INITIALISING });
      const lastState = { terminated: { ...failed, containerID: `fake://${container.name}-1` } };
      return statusOf(container, { state: BACKED_OFF, lastState, restartCount: 1 });
    }),
    containerStatuses: main.map((container) => statusOf(container, { state: INITIALISING })),
  };
}

const INITIALISING = { waiting: { reason: "PodInitializing" } };
const BACKED_OFF = { waiting: { reason: "CrashLoopBackOff" } };

function statusOf({ name, image = "" }: Init, facts: Fields): Fields {
  return { name, image, imageID: "", restartCount: 0, ready: false, started: false, ...facts };
}

/** Path → bytes of what is on a volume, as the sandbox has it. */
const FILES = "sandbox.mooring.dev/files";
const UNITS: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/**
 * How the pod's download ends, by the same signs as in the sandbox: `/fail-401/` and the like in the source, or a `/size-<bytes>/`
 * that the volume of its claim has no room for. null: well.
 */
export async function downloadFailure(api: KubeApi, pod: KubeObject): Promise<FakeFailure | null> {
  const source = sourceOf(pod);
  const code = /\/fail-(401|403|404|tls|dns|refused)\//.exec(source)?.[1];
  if (code !== undefined) return FAILURES[code] ?? null;
  const size = Number(/\/size-(\d+)\//.exec(source)?.[1] ?? 0);
  const free = size === 0 ? null : await freeBytes(api, pod);
  return free !== null && size > free ? FULL : null;
}

/** The name of the container that downloads; the first init container where none has the operator's name. */
export function downloaderOf(pod: KubeObject): string {
  const inits = (pod["spec"]?.initContainers ?? []) as readonly Init[];
  const named = inits.find(({ name }) => /model-downloader/.test(name));
  return (named ?? inits[0])?.name ?? "";
}

function sourceOf(pod: KubeObject): string {
  const inits = (pod["spec"]?.initContainers ?? []) as readonly Init[];
  const values = inits.flatMap(({ env }) => env ?? []);
  return values.find(({ name }) => name === "MODEL_SOURCE")?.value ?? "";
}

/** null where the volume does not say what is on it. */
async function freeBytes(api: KubeApi, pod: KubeObject): Promise<number | null> {
  const volume = await volumeOf(api, pod);
  const annotations = (volume?.metadata["annotations"] ?? {}) as Fields;
  const files = annotations[FILES];
  if (typeof files !== "string") return null;
  const used = Object.values(JSON.parse(files) as Readonly<Record<string, number>>);
  const { storage } = volume?.["spec"].capacity as { storage: string };
  return bytesOf(storage) - used.reduce((sum, bytes) => sum + bytes, 0);
}

/** The volume behind the first claim of the pod. */
async function volumeOf(api: KubeApi, pod: KubeObject): Promise<KubeObject | undefined> {
  const volumes = (pod["spec"]?.volumes ?? []) as readonly Volume[];
  const { claimName } =
    volumes.find((volume) => volume.persistentVolumeClaim)?.persistentVolumeClaim ?? {};
  if (claimName === undefined) return undefined;
  const claims = `/api/v1/namespaces/${pod.metadata.namespace ?? ""}/persistentvolumeclaims`;
  const claim = await api.get(`${claims}/${claimName}`);
  const name = String(claim?.["spec"].volumeName ?? "");
  return name === "" ? undefined : api.get(`/api/v1/persistentvolumes/${name}`);
}

function bytesOf(quantity: string): number {
  const [, amount = "0", unit = ""] = /^(\d+)(Mi|Gi|Ti)?$/.exec(quantity) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}
