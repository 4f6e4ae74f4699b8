import { builtinRules } from "./builtin-rules";
import { builtinSchema } from "./builtin-schema";
import { columnsOf } from "./builtin-columns";
import { toCoreEvent, toNewEvent } from "./event-versions";
import { apiVersionOf, resourceId, type Resource } from "./resources";

interface Row {
  group: string;
  plural: string;
  kind: string;
  model?: string;
  short?: string;
  /** `c` cluster-scoped, `s` status subresource, `g` counts generations, `a` in the category `all`, `x` scale. */
  flags?: string;
  version?: string;
}

const CRD_GROUP = "apiextensions.k8s.io";
const RBAC = "rbac.authorization.k8s.io";

const ROWS: readonly Row[] = [
  { group: "", plural: "namespaces", kind: "Namespace", short: "ns", flags: "cs" },
  { group: "", plural: "nodes", kind: "Node", short: "no", flags: "cs" },
  { group: "", plural: "pods", kind: "Pod", short: "po", flags: "sga" },
  { group: "", plural: "events", kind: "Event", model: "CoreV1Event", short: "ev" },
  {
    group: "",
    plural: "persistentvolumeclaims",
    kind: "PersistentVolumeClaim",
    short: "pvc",
    flags: "s",
  },
  { group: "", plural: "persistentvolumes", kind: "PersistentVolume", short: "pv", flags: "cs" },
  { group: "", plural: "services", kind: "Service", short: "svc", flags: "sa" },
  { group: "", plural: "configmaps", kind: "ConfigMap", short: "cm" },
  { group: "", plural: "secrets", kind: "Secret" },
  { group: "", plural: "serviceaccounts", kind: "ServiceAccount", short: "sa" },
  { group: "", plural: "resourcequotas", kind: "ResourceQuota", short: "quota", flags: "s" },
  { group: "", plural: "limitranges", kind: "LimitRange", short: "limits" },
  { group: "apps", plural: "deployments", kind: "Deployment", short: "deploy", flags: "sgax" },
  { group: "apps", plural: "replicasets", kind: "ReplicaSet", short: "rs", flags: "sgax" },
  { group: "apps", plural: "statefulsets", kind: "StatefulSet", short: "sts", flags: "sgax" },
  { group: "apps", plural: "daemonsets", kind: "DaemonSet", short: "ds", flags: "sga" },
  { group: "batch", plural: "jobs", kind: "Job", flags: "sga" },
  {
    group: "autoscaling",
    version: "v2",
    plural: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
    model: "V2HorizontalPodAutoscaler",
    short: "hpa",
    flags: "sa",
  },
  {
    group: "storage.k8s.io",
    plural: "storageclasses",
    kind: "StorageClass",
    short: "sc",
    flags: "c",
  },
  { group: "coordination.k8s.io", plural: "leases", kind: "Lease" },
  { group: "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice" },
  {
    group: "scheduling.k8s.io",
    plural: "priorityclasses",
    kind: "PriorityClass",
    short: "pc",
    flags: "c",
  },
  { group: "events.k8s.io", plural: "events", kind: "Event", model: "EventsV1Event", short: "ev" },
  { group: RBAC, plural: "roles", kind: "Role" },
  { group: RBAC, plural: "rolebindings", kind: "RoleBinding" },
  { group: RBAC, plural: "clusterroles", kind: "ClusterRole", flags: "c" },
  { group: RBAC, plural: "clusterrolebindings", kind: "ClusterRoleBinding", flags: "c" },
  {
    group: CRD_GROUP,
    plural: "customresourcedefinitions",
    kind: "CustomResourceDefinition",
    short: "crd,crds",
    flags: "csg",
  },
];

const REPLICAS = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };

function toResource(row: Row): Resource {
  const { flags = "", version = "v1", short = "" } = row;
  const id = resourceId(row.plural, row.group);
  const isNewEvent = row.group === "events.k8s.io";
  return {
    id,
    storage: isNewEvent ? "events" : id,
    group: row.group,
    version,
    apiVersion: apiVersionOf(row.group, version),
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    kind: row.kind,
    listKind: `${row.kind}List`,
    namespaced: !flags.includes("c"),
    shortNames: short.split(",").filter(Boolean),
    categories: flags.includes("a") ? ["all"] : [],
    hasStatus: flags.includes("s"),
    hasGeneration: flags.includes("g"),
    isCustom: false,
    schema: builtinSchema(row.model ?? `V1${row.kind}`),
    columns: columnsOf(isNewEvent ? "events" : id),
    rules: builtinRules(id),
    ...(flags.includes("x") ? { scale: REPLICAS } : {}),
    ...(isNewEvent ? { toServed: toNewEvent, toStored: toCoreEvent } : {}),
  };
}

/** The kinds that are there without any CRD. */
export function builtinResources(): Resource[] {
  return ROWS.map(toResource);
}
