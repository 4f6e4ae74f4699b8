import type { ObjectIndex } from "@/server/cluster/object-index";
import { objectPath, resourceOf } from "@/server/kube/resources";
import type { Manifest, WritablePlural } from "@/server/ports";
import type { TestCluster } from "../test-cluster";
import type { Scene } from "./scene";

const FINALIZER = "mooring.dev/stays";
/** Taints that the cluster puts on nodes itself. */
const OWN_TAINTS = "node.kubernetes.io/";

export type AnyManifest = Manifest & { readonly spec?: Readonly<Record<string, unknown>> };

/** Where a row is played. `index`: what Mooring's own watches see; `until` waits for something to be so. */
export type Place = {
  readonly cluster: TestCluster;
  readonly index: ObjectIndex;
  readonly until: (what: string, is: () => unknown) => Promise<void>;
};
/** Creates an object and remembers it for the end. */
export type Put = (plural: WritablePlural, manifest: AnyManifest) => Promise<void>;
export type Built = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: unknown;
    readonly annotations?: unknown;
  };
  readonly spec?: unknown;
};

/** What a user would write: without status and what only the API server fills in. */
export function toManifest(built: Built): AnyManifest {
  const { metadata, ...rest } = JSON.parse(JSON.stringify(built)) as Built & { status?: unknown };
  const { name, namespace, labels, annotations } = metadata;
  const kept: Record<string, unknown> = { ...rest };
  delete kept["status"];
  return {
    ...kept,
    metadata: {
      name,
      ...(namespace === "" ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  } as AnyManifest; // has kind and apiVersion, as every builder gives them
}

/** A namespace in which pods can be made. */
export async function makeNamespace({ cluster, until }: Place, name: string): Promise<void> {
  await cluster.store.create("namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  });
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await until(`the service account of ${name}`, async () => {
    await cluster.http.json({ path });
    return true;
  });
}

/** A node in the state that the scene says, its own taints included. */
export async function makeNode(
  { cluster, index, until }: Place,
  put: Put,
  node: Scene["nodes"][number],
): Promise<void> {
  const { name } = node.metadata;
  const wanted = node.spec?.taints ?? [];
  const taints = wanted.filter(({ key }) => !key.startsWith(OWN_TAINTS));
  const manifest = toManifest(node);
  const status = stamped(node.status);
  // As a kubelet registers it: a node that has not said how it is would lose its taints for a moment.
  await put("nodes", { ...manifest, spec: { ...manifest.spec, taints }, status });
  await patchStatus(cluster, { plural: "nodes", name, namespace: "" }, status);
  await until(`the taints of ${name}`, () => {
    const seen = index.get("nodes", name);
    const offers = seen?.status?.allocatable?.["pods"] !== undefined;
    return offers && shutters(seen.spec?.taints) === shutters(wanted);
  });
}

/** The taints that decide where new pods go. Those that end pods of a lost node come at the cluster's leisure, ten seconds apart. */
function shutters(taints: readonly { readonly key: string; readonly effect: string }[] = []) {
  return taints
    .filter(({ key, effect }) => effect !== "NoExecute" || !key.startsWith(OWN_TAINTS))
    .map(({ key, effect }) => `${key}:${effect}`)
    .sort()
    .join();
}

/** Heartbeats are now: a node that has been silent for long is another situation. */
function stamped(status: Scene["nodes"][number]["status"]): object {
  const now = new Date().toISOString();
  const conditions = (status?.conditions ?? []).map((condition) => ({
    ...condition,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }));
  return { ...status, conditions };
}

type Claims = NonNullable<Scene["claims"]>;

/** A claim in the phase that the scene says. */
export async function makeClaim(
  { cluster, index, until }: Place,
  put: Put,
  claim: Claims[number],
): Promise<void> {
  const { name, namespace, deletionTimestamp } = claim.metadata;
  const key = `${namespace}/${name}`;
  const lost = phaseOf(claim) === "Lost";
  const manifest = toManifest(claim);
  const stays = deletionTimestamp === undefined ? {} : { finalizers: [FINALIZER] };
  if (lost) await put("persistentvolumes", volumeFor(claim));
  await put("persistentvolumeclaims", {
    ...manifest,
    metadata: { ...manifest.metadata, ...stays },
  });
  const seen = () => index.get("persistentvolumeclaims", key);
  const first = lost ? "Bound" : phaseOf(claim);
  await until(`${key} to be ${first}`, () => phaseOf(seen()) === first && isSettled(index, claim));
  if (lost) {
    const volume = { name: claim.spec?.volumeName ?? "", namespace: "" };
    await remove(cluster, "persistentvolumes", volume);
    await until(`${key} to be lost`, () => phaseOf(seen()) === "Lost");
  }
  if (deletionTimestamp === undefined) return;
  const path = objectPath(resourceOf("persistentvolumeclaims"), { namespace, name });
  await cluster.http.json({ method: "DELETE", path });
  await until(`${key} to go`, () => seen()?.metadata.deletionTimestamp !== undefined);
}

function phaseOf(claim: Claims[number] | null): string {
  return claim?.status?.phase ?? "";
}

/** Free volumes are looked at by the binder before anybody may have them. */
function isSettled(index: ObjectIndex, { spec }: Claims[number]): boolean {
  const volumes = index.room.volumesOfClass(spec?.storageClassName ?? "");
  return volumes.every(({ status }) => (status?.phase ?? "Pending") !== "Pending");
}

function volumeFor({ metadata, spec }: Claims[number]): AnyManifest {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: spec?.volumeName ?? "" },
    spec: {
      accessModes: spec?.accessModes,
      capacity: { storage: spec?.resources?.requests?.["storage"] },
      storageClassName: spec?.storageClassName,
      hostPath: { path: "/mnt/models" },
      claimRef: { namespace: metadata.namespace, name: metadata.name },
    },
  };
}

type Pods = NonNullable<Scene["pods"]>;

/** A pod of somebody else on its node. */
export async function makePod(
  { cluster, index, until }: Place,
  put: Put,
  pod: Pods[number],
): Promise<void> {
  const { name, namespace } = pod.metadata;
  const phase = pod.status?.phase ?? "Running";
  const manifest = toManifest(pod);
  const spec = { ...manifest.spec, restartPolicy: phase === "Succeeded" ? "Never" : "Always" };
  delete (spec as { priority?: number }).priority; // the API server writes it, by the class
  await put("pods", { ...manifest, spec });
  if (phase === "Succeeded")
    await patchStatus(cluster, { plural: "pods", name, namespace }, { phase });
  await until(`${namespace}/${name} to be ${phase}`, () => {
    const seen = index.get("pods", `${namespace}/${name}`);
    // one that has ended and mounts nothing is not kept at all
    return phase === "Succeeded"
      ? !index.room
          .podsOnNode(pod.spec?.nodeName ?? "")
          .some(({ metadata }) => metadata.name === name)
      : seen !== null;
  });
}

export type Name = { readonly name: string; readonly namespace: string };

/** Writes a status as a controller would. */
export async function patchStatus(
  { http }: TestCluster,
  { plural, ...key }: Name & { readonly plural: WritablePlural },
  status: unknown,
): Promise<void> {
  await http.json({
    method: "PATCH",
    path: `${objectPath(resourceOf(plural), key)}/status`,
    contentType: "application/merge-patch+json",
    body: { status },
  });
}

/** Also what protects itself. */
export async function remove(
  { http }: TestCluster,
  plural: WritablePlural,
  key: Name,
): Promise<void> {
  const path = objectPath(resourceOf(plural), key);
  await http
    .json({ method: "DELETE", path, body: { gracePeriodSeconds: 0 } })
    .catch(() => undefined); // gone already
  await http
    .json({
      method: "PATCH",
      path,
      contentType: "application/merge-patch+json",
      body: { metadata: { finalizers: null } },
    })
    .catch(() => undefined); // the same
}
