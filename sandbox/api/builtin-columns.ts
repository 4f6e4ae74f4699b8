import { ACCESS_COLUMNS, CREATED_COLUMN } from "./access-columns";
import { AGE_COLUMN, at, column, NONE, type Cell } from "./column";
import { NAME_COLUMN } from "./custom-columns";
import { asArray, asRecord, asText, valueAt } from "./json";
import { EVENT_COLUMNS } from "./event-columns";
import type { KubeObject } from "./objects";
import { podColumns } from "./pod-columns";
import type { Column } from "./resources";
import { WORKLOAD_COLUMNS } from "./workload-columns";

const UNKNOWN = "<unknown>";
const UNSET = "<unset>";

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

const accessModes =
  (path: string): Cell =>
  (object) =>
    asArray(valueAt(object, path))
      .map((mode) => MODES[asText(mode)] ?? asText(mode))
      .join(",");

const labelsText =
  (path: string): Cell =>
  (object) =>
    Object.entries(asRecord(valueAt(object, path)))
      .map(([key, value]) => `${key}=${asText(value)}`)
      .sort()
      .join(",") || NONE;

const claimPhase: Cell = (object) =>
  object.metadata.deletionTimestamp ? "Terminating" : asText(valueAt(object, "status.phase"));

const boundCapacity: Cell = (object) =>
  asText(valueAt(object, "spec.volumeName")) === ""
    ? ""
    : asText(valueAt(object, "status.capacity.storage"));

const boundModes: Cell = (object, now) =>
  asText(valueAt(object, "spec.volumeName")) === ""
    ? ""
    : accessModes("status.accessModes")(object, now);

function boundClaim(object: KubeObject): string {
  const claim = asRecord(valueAt(object, "spec.claimRef"));
  return claim["name"] === undefined
    ? ""
    : `${asText(claim["namespace"])}/${asText(claim["name"])}`;
}

function nodeStatus(object: KubeObject): string {
  const conditions = asArray(valueAt(object, "status.conditions")).map(asRecord);
  const ready = conditions.find((condition) => condition["type"] === "Ready");
  let text = "Unknown";
  if (ready) text = ready["status"] === "True" ? "Ready" : "NotReady";
  return valueAt(object, "spec.unschedulable") === true ? `${text},SchedulingDisabled` : text;
}

function nodeRoles(object: KubeObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(object.metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.sort().join(",") || NONE;
}

const address =
  (type: string): Cell =>
  (object) => {
    const addresses = asArray(valueAt(object, "status.addresses")).map(asRecord);
    return asText(addresses.find((entry) => entry["type"] === type)?.["address"]) || NONE;
  };

function servicePorts(object: KubeObject): string {
  const ports = asArray(valueAt(object, "spec.ports")).map((port) => {
    const { port: number, nodePort, protocol } = asRecord(port);
    const mapped = nodePort === undefined ? "" : `:${asText(nodePort)}`;
    return `${asText(number)}${mapped}/${asText(protocol)}`;
  });
  return ports.join(",") || NONE;
}

/** What a quota counts, `used/hard`: limits in one column, all else in the other. */
const quotaText =
  (ofLimits: boolean): Cell =>
  (object) => {
    const used = asRecord(valueAt(object, "status.used"));
    return Object.entries(asRecord(valueAt(object, "status.hard")))
      .filter(([name]) => name.startsWith("limits.") === ofLimits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hard]) => `${name}: ${asText(used[name] ?? "0")}/${asText(hard)}`)
      .join(", ");
  };

function className(object: KubeObject): string {
  const isDefault =
    object.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
  return isDefault ? `${object.metadata.name} (default)` : object.metadata.name;
}

const defaultClass = (path: string) => column("StorageClass", at(path));

const priorityClass: readonly Column[] = [
  NAME_COLUMN,
  { ...column("Value", (object) => Number(object["value"] ?? 0)), type: "integer" },
  { ...column("Global-Default", (object) => object["globalDefault"] === true), type: "boolean" },
  AGE_COLUMN,
  column("PreemptionPolicy", at("preemptionPolicy")),
];

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME_COLUMN, column("Status", at("status.phase")), AGE_COLUMN],
  nodes: [
    NAME_COLUMN,
    column("Status", nodeStatus),
    column("Roles", nodeRoles),
    AGE_COLUMN,
    column("Version", at("status.nodeInfo.kubeletVersion")),
    column("Internal-IP", address("InternalIP"), true),
    column("External-IP", address("ExternalIP"), true),
    column("OS-Image", at("status.nodeInfo.osImage", UNKNOWN), true),
    column("Kernel-Version", at("status.nodeInfo.kernelVersion", UNKNOWN), true),
    column("Container-Runtime", at("status.nodeInfo.containerRuntimeVersion", UNKNOWN), true),
  ],
  pods: [NAME_COLUMN, ...podColumns],
  events: EVENT_COLUMNS,
  persistentvolumeclaims: [
    NAME_COLUMN,
    column("Status", claimPhase),
    column("Volume", at("spec.volumeName")),
    column("Capacity", boundCapacity),
    column("Access Modes", boundModes),
    defaultClass("spec.storageClassName"),
    column("VolumeAttributesClass", at("spec.volumeAttributesClassName", UNSET)),
    AGE_COLUMN,
    column("VolumeMode", at("spec.volumeMode"), true),
  ],
  persistentvolumes: [
    NAME_COLUMN,
    column("Capacity", at("spec.capacity.storage")),
    column("Access Modes", accessModes("spec.accessModes")),
    column("Reclaim Policy", at("spec.persistentVolumeReclaimPolicy")),
    column("Status", claimPhase),
    column("Claim", boundClaim),
    defaultClass("spec.storageClassName"),
    column("VolumeAttributesClass", at("spec.volumeAttributesClassName", UNSET)),
    column("Reason", at("status.reason")),
    AGE_COLUMN,
    column("VolumeMode", at("spec.volumeMode"), true),
  ],
  services: [
    NAME_COLUMN,
    column("Type", at("spec.type")),
    column("Cluster-IP", at("spec.clusterIP", NONE)),
    column("External-IP", () => NONE),
    column("Port(s)", servicePorts),
    AGE_COLUMN,
    column("Selector", labelsText("spec.selector"), true),
  ],
  configmaps: [
    NAME_COLUMN,
    column("Data", (object) => Object.keys(asRecord(object["data"])).length),
    AGE_COLUMN,
  ],
  secrets: [
    NAME_COLUMN,
    column("Type", at("type")),
    column("Data", (object) => Object.keys(asRecord(object["data"])).length),
    AGE_COLUMN,
  ],
  "storageclasses.storage.k8s.io": [
    { ...NAME_COLUMN, cell: className },
    column("Provisioner", at("provisioner")),
    column("ReclaimPolicy", at("reclaimPolicy")),
    column("VolumeBindingMode", at("volumeBindingMode")),
    column("AllowVolumeExpansion", (object) => object["allowVolumeExpansion"] === true),
    AGE_COLUMN,
  ],
  resourcequotas: [
    NAME_COLUMN,
    column("Request", quotaText(false)),
    column("Limit", quotaText(true)),
    AGE_COLUMN,
  ],
  limitranges: [NAME_COLUMN, CREATED_COLUMN],
  "leases.coordination.k8s.io": [
    NAME_COLUMN,
    column("Holder", at("spec.holderIdentity")),
    AGE_COLUMN,
  ],
  "customresourcedefinitions.apiextensions.k8s.io": [NAME_COLUMN, CREATED_COLUMN],
  "priorityclasses.scheduling.k8s.io": priorityClass,
  ...WORKLOAD_COLUMNS,
  ...ACCESS_COLUMNS,
};

/** The columns `kubectl get` shows for a built-in kind; name and age where nothing else is known. */
export function columnsOf(id: string): readonly Column[] {
  return COLUMNS[id] ?? [NAME_COLUMN, AGE_COLUMN];
}
