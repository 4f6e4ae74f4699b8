import { isHelperPodName } from "@/server/domain/provisioner-pod";
import type { WritableKindMap, WritablePlural } from "@/server/ports";
import { apiVersionOf, resourceOf } from "./resources";

/** An object as the API server sends it: trusted to have the fields its schema requires. */
export type RawObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: RawMeta;
  readonly spec?: Fields;
  readonly status?: Fields;
  readonly [field: string]: unknown;
};
type RawMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedField[];
  readonly [field: string]: unknown;
};
type ManagedField = { readonly fieldsV1?: unknown; readonly [field: string]: unknown };
type Fields = Readonly<Record<string, unknown>>;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const NODE_CONDITIONS: ReadonlySet<string> = new Set(["Ready", "DiskPressure"]);
const DOWNLOADER_ENV: ReadonlySet<string> = new Set([
  "CACHE_DIR",
  "MODEL_PATH",
  "MODEL_SOURCE",
  "MODEL_FILES",
]);

/** The object with apiVersion and kind (list items have none) and a namespace; otherwise as it came. */
export function normalise(plural: WritablePlural, raw: RawObject): RawObject {
  const resource = resourceOf(plural);
  return {
    ...raw,
    apiVersion: raw.apiVersion ?? apiVersionOf(resource),
    kind: raw.kind ?? resource.kind,
    metadata: { ...raw.metadata, namespace: raw.metadata.namespace ?? "" },
  };
}

/**
 * The part of an object that Mooring keeps. What changes without meaning anything to anybody here (heartbeats,
 * `lastUpdated`, managers of other fields) is left out, so that it changes no row. Never mutates its input.
 */
export function project<P extends WritablePlural>(plural: P, raw: RawObject): WritableKindMap[P] {
  const normal = normalise(plural, raw);
  const kept = { ...normal, metadata: projectMeta(plural, normal.metadata) };
  // The API server validated the object against the schema that the type is written after.
  return (PROJECTIONS[plural]?.(kept) ?? kept) as unknown as WritableKindMap[P];
}

/** Whether Mooring has a use for the object: of the pods those of services, those that mount a claim, a provisioner's helpers, and those that take room on a node. */
export function isKept(plural: WritablePlural, raw: RawObject): boolean {
  return plural !== "pods" || isLookedAt(raw) || takesRoom(raw);
}

/** Whether a pod is one that is shown somewhere. */
function isLookedAt({ metadata, spec }: RawObject): boolean {
  if (metadata.labels?.["inference.llmkube.dev/service"] !== undefined) return true;
  if (isHelperPodName(metadata.name)) return true;
  return list(spec?.["volumes"]).some(
    (volume) => volume["persistentVolumeClaim"] !== undefined || volume["ephemeral"] !== undefined,
  );
}

function takesRoom({ spec, status }: RawObject): boolean {
  const finished = status?.["phase"] === "Succeeded" || status?.["phase"] === "Failed";
  return spec?.["nodeName"] !== undefined && !finished;
}

const PROJECTIONS: { readonly [P in WritablePlural]?: (object: RawObject) => RawObject } = {
  inferenceservices: withoutLastUpdated,
  models: withoutLastUpdated,
  pods: projectPod,
  nodes: projectNode,
};

function projectMeta(plural: WritablePlural, meta: RawMeta): RawMeta {
  const { managedFields, annotations, ...kept } = meta;
  const owners = plural === "inferenceservices" ? cacheOwners(managedFields ?? []) : [];
  const notes = Object.entries(annotations ?? {}).filter(([name]) => name !== LAST_APPLIED);
  return {
    ...kept,
    ...(owners.length > 0 ? { managedFields: owners } : {}),
    ...(notes.length > 0 ? { annotations: Object.fromEntries(notes) } : {}),
  };
}

/** The two fields that Mooring writes. */
const CACHE_FIELDS = ["f:claimName", "f:persistence"] as const;

/** Who owns `claimName` and `persistence` of `spec.modelCache`, and who wrote last; nothing else that they own. */
function cacheOwners(entries: readonly ManagedField[]): ManagedField[] {
  const last = lastWritten(entries);
  return entries.flatMap((entry) => {
    const owned = CACHE_FIELDS.filter(
      (field) => at(entry.fieldsV1, "f:spec", "f:modelCache", field) !== undefined,
    );
    if (owned.length === 0) return entry === last ? [{ ...entry, fieldsV1: {} }] : [];
    const fields = Object.fromEntries(owned.map((field) => [field, {}]));
    return [{ ...entry, fieldsV1: { "f:spec": { "f:modelCache": fields } } }];
  });
}

/** Writes of the status or the scale are not the owner's of the spec. */
function lastWritten(entries: readonly ManagedField[]): ManagedField | undefined {
  const time = ({ time: at }: ManagedField) => (typeof at === "string" ? at : "");
  return entries
    .filter((entry) => (entry["subresource"] ?? "") === "")
    .sort((a, b) => time(b).localeCompare(time(a)))[0];
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, field) => (inner as Fields | undefined)?.[field], value);
}

function withoutLastUpdated(object: RawObject): RawObject {
  if (object.status?.["lastUpdated"] === undefined) return object;
  return { ...object, status: without(object.status, "lastUpdated") };
}

function projectPod(pod: RawObject): RawObject {
  return isLookedAt(pod) ? projectShownPod(pod) : projectNeighbour(pod);
}

/** Of a pod that only takes room on a node: what the scheduler would ask it. None of its changes while it runs is one here. */
function projectNeighbour(pod: RawObject): RawObject {
  const { name, namespace, uid, resourceVersion, ...meta } = pod.metadata;
  const { initContainers } = pod.spec ?? {};
  const kept = pick(meta, ["labels", "creationTimestamp", "deletionTimestamp"]);
  return {
    ...pick(pod, ["apiVersion", "kind"]),
    metadata: { name, uid, resourceVersion, ...kept, namespace: namespace ?? "" },
    spec: {
      ...pick(pod.spec ?? {}, ["nodeName", "affinity", ...ROOM_FIELDS]),
      containers: list(pod.spec?.["containers"]).map(projectRoom),
      ...(initContainers === undefined
        ? {}
        : { initContainers: list(initContainers).map(projectRoom) }),
    },
  };
}

function projectRoom(container: Fields): Fields {
  return pick(container, ["name", "resources", "restartPolicy"]);
}

/** Beside its containers, what decides how much room a pod takes and who has to make way for whom. */
const ROOM_FIELDS = ["overhead", "resources", "priority", "priorityClassName"];

function projectShownPod(pod: RawObject): RawObject {
  const { name, namespace, uid, resourceVersion, ...meta } = pod.metadata;
  const kept = pick(meta, [
    "labels",
    "ownerReferences",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
  ]);
  return {
    ...pick(pod, ["apiVersion", "kind"]),
    metadata: {
      name,
      uid,
      resourceVersion,
      ...kept,
      namespace: namespace ?? "",
    },
    spec: isHelperPodName(name) ? projectHelper(pod.spec ?? {}) : projectPodSpec(pod.spec ?? {}),
    status: pick(pod.status ?? {}, [
      "phase",
      "conditions",
      "containerStatuses",
      "initContainerStatuses",
      "message",
      "podIP",
      "reason",
      "startTime",
    ]),
  };
}

/** Of a provisioner's helper only what keeps it from running. */
function projectHelper(spec: Fields): Fields {
  return { ...pick(spec, ["nodeName", "nodeSelector", "tolerations"]), containers: [] };
}

function projectPodSpec(spec: Fields): Fields {
  // The service account's token is in every pod and in nobody's interest.
  const volumes = list(spec["volumes"]).filter((volume) => volume["projected"] === undefined);
  return {
    ...pick(spec, ["nodeName", "nodeSelector", "tolerations", "affinity", ...ROOM_FIELDS]),
    volumes,
    containers: list(spec["containers"]).map(projectContainer),
    ...(spec["initContainers"] === undefined
      ? {}
      : { initContainers: list(spec["initContainers"]).map(projectContainer) }),
  };
}

function projectContainer(container: Fields): Fields {
  const env = list(container["env"]).filter(({ name }) => DOWNLOADER_ENV.has(String(name)));
  return {
    ...pick(container, ["name", "image", "volumeMounts", "resources", "restartPolicy"]),
    ...(env.length > 0 ? { env } : {}),
  };
}

/** Without heartbeats: a node that only lives changes nothing. */
function projectNode(node: RawObject): RawObject {
  const { name, namespace, uid, resourceVersion, ...meta } = node.metadata;
  const kept = pick(meta, ["labels", "creationTimestamp", "deletionTimestamp"]);
  return {
    ...pick(node, ["apiVersion", "kind"]),
    metadata: { name, uid, resourceVersion, ...kept, namespace: namespace ?? "" },
    spec: pick(node.spec ?? {}, ["taints", "unschedulable"]),
    status: {
      ...pick(node.status ?? {}, ["allocatable", "capacity"]),
      conditions: list(node.status?.["conditions"])
        .filter(({ type }) => NODE_CONDITIONS.has(String(type)))
        .map((condition) =>
          pick(condition, ["type", "status", "reason", "message", "lastTransitionTime"]),
        ),
    },
  };
}

function pick(object: Fields, fields: readonly string[]): Fields {
  return Object.fromEntries(
    fields.flatMap((field) => (object[field] === undefined ? [] : [[field, object[field]]])),
  );
}

function without(object: Fields, field: string): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}
