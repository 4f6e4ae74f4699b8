import { collectionPath, objectPath, resourceOf } from "@/server/kube/resources";
import type { WritablePlural } from "@/server/ports";
import { NAMESPACE } from "../builders";
import type { Row } from "./row";
import { ASKED, type Scene, SERVICE } from "./scene";
import {
  type AnyManifest,
  makeClaim,
  makeNamespace,
  makeNode,
  makePod,
  type Name,
  type Place,
  remove,
  toManifest,
} from "./stage-objects";
import { makeRunning, makeService } from "./stage-service";

/** By this label a row has its nodes to itself. */
export const ROW_LABEL = "mooring.dev/row";

/** A row as it stands in a cluster, in a namespace and on nodes of its own. */
export type Staged = {
  readonly row: Row;
  readonly namespace: string;
  readonly key: string;
  /** As it stands in the cluster → as the row calls it. */
  readonly ownName: (name: string) => string;
  readonly strike: () => Promise<void>;
};

/** Builds the row's scene in the cluster and waits until Mooring's own eyes see all of it. */
export async function stage(row: Row, id: string, place: Place): Promise<Staged> {
  const namespace = `${place.cluster.namespace}-${id}`;
  const scene = isolate(rename(row.scene, id, namespace), id);
  const made: { plural: WritablePlural; name: string; namespace: string }[] = [];
  const put = async (plural: WritablePlural, manifest: AnyManifest) => {
    await place.cluster.store.create(plural, manifest);
    const { name = "", namespace: within = "" } = manifest.metadata;
    made.push({ plural, name, namespace: within });
  };
  await makeNamespace(place, namespace);
  for (const node of scene.nodes) await makeNode(place, put, node);
  const { classes = [], volumes = [], claims = [], pods = [] } = scene;
  for (const item of classes) await put("storageclasses", toManifest(item));
  for (const item of volumes) await put("persistentvolumes", toManifest(item));
  for (const claim of claims) await makeClaim(place, put, claim);
  for (const pod of pods) await makePod(place, put, pod);
  const service = await makeService(place, put, { scene, namespace });
  await makeRunning(place, { scene, service, namespace });
  return {
    row,
    namespace,
    key: `${namespace}/${SERVICE}`,
    ownName: (name) => (name.startsWith(`${id}-`) ? name.slice(id.length + 1) : name),
    strike: () => strike(place, namespace, made),
  };
}

/** Names that other rows use too become the row's own, wherever they stand. */
function rename(scene: Scene, id: string, namespace: string): Scene {
  const named = [...scene.nodes, ...(scene.volumes ?? []), ...(scene.classes ?? [])];
  const ours = new Set(named.map(({ metadata }) => metadata.name));
  for (const { spec } of scene.claims ?? []) if (spec?.volumeName) ours.add(spec.volumeName);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (value === NAMESPACE) return namespace;
      return ours.has(value) ? `${id}-${value}` : value;
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  return walk(scene) as Scene; // the same shape with other names
}

function isolate(scene: Scene, id: string): Scene {
  const label = { [ROW_LABEL]: id };
  return {
    ...scene,
    spec: { ...scene.spec, nodeSelector: { ...scene.spec?.nodeSelector, ...label } },
    nodes: scene.nodes.map((node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...label } },
    })),
  };
}

async function strike(
  { cluster }: Place,
  namespace: string,
  made: readonly (Name & { readonly plural: WritablePlural })[],
): Promise<void> {
  await cluster.http
    .json({
      method: "DELETE",
      path: objectPath(resourceOf("deployments"), { namespace, name: SERVICE }),
      body: { propagationPolicy: "Background" },
    })
    .catch(() => undefined); // there is none
  await cluster.http.json({
    method: "DELETE",
    path: collectionPath(resourceOf("pods"), namespace),
    body: { gracePeriodSeconds: 0 },
  });
  for (const { plural, ...key } of made.toReversed()) await remove(cluster, plural, key);
  await remove(cluster, "persistentvolumeclaims", { namespace, name: ASKED });
  await cluster.http.json({ method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
}
