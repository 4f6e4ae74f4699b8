import { sinceText } from "./ages";
import { NAME_COLUMN } from "./custom-columns";
import { asArray, asRecord, asText, valueAt } from "./json";
import type { KubeObject } from "./objects";
import { podColumns } from "./pod-columns";
import type { Column } from "./resources";

type Cell = Column["cell"];

const NONE = "<none>";
const UNSET = "<unset>";

export function column(name: string, cell: Cell, wide = false): Column {
  return { name, type: "string", priority: wide ? 1 : 0, cell };
}

export const AGE_COLUMN = column("Age", ({ metadata }, now) =>
  sinceText(metadata.creationTimestamp, now),
);

const at =
  (path: string, absent = ""): Cell =>
  (object) =>
    asText(valueAt(object, path)) || absent;

const count =
  (path: string): Cell =>
  (object) =>
    Number(valueAt(object, path) ?? 0);

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

function selectorText(object: KubeObject): string {
  const labels = asRecord(valueAt(object, "spec.selector.matchLabels"));
  return (
    Object.entries(labels)
      .map(([key, value]) => `${key}=${asText(value)}`)
      .join(",") || NONE
  );
}

function containers(field: "name" | "image"): Cell {
  return (object) =>
    asArray(valueAt(object, "spec.template.spec.containers"))
      .map((container) => asText(asRecord(container)[field]))
      .join(",");
}

const workloadColumns = [
  column("Containers", containers("name"), true),
  column("Images", containers("image"), true),
  column("Selector", selectorText, true),
];

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

function className(object: KubeObject): string {
  const isDefault =
    object.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
  return isDefault ? `${object.metadata.name} (default)` : object.metadata.name;
}

function jobStatus(object: KubeObject): string {
  const conditions = asArray(valueAt(object, "status.conditions")).map(asRecord);
  const isTrue = (type: string) =>
    conditions.some((condition) => condition["type"] === type && condition["status"] === "True");
  return ["Complete", "Failed", "Suspended"].find(isTrue) ?? "Running";
}

const lastSeen: Cell = (object, now) => {
  const series = valueAt(object, "series.lastObservedTime");
  const instant = [series, object["lastTimestamp"], object["eventTime"]].map(asText).find(Boolean);
  return sinceText(instant ?? object.metadata.creationTimestamp, now);
};

function eventObject(object: KubeObject): string {
  const regarding = asRecord(object["involvedObject"]);
  return `${asText(regarding["kind"]).toLowerCase()}/${asText(regarding["name"])}`;
}

function roleText(object: KubeObject): string {
  const role = asRecord(object["roleRef"]);
  return `${asText(role["kind"])}/${asText(role["name"])}`;
}

const defaultClass = (path: string) => column("StorageClass", at(path));

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  namespaces: [NAME_COLUMN, column("Status", at("status.phase")), AGE_COLUMN],
  nodes: [
    NAME_COLUMN,
    column("Status", nodeStatus),
    column("Roles", nodeRoles),
    AGE_COLUMN,
    column("Version", at("status.nodeInfo.kubeletVersion")),
    column("Internal-IP", address("InternalIP"), true),
    column("OS-Image", at("status.nodeInfo.osImage"), true),
  ],
  pods: [NAME_COLUMN, ...podColumns],
  events: [
    column("Last Seen", lastSeen),
    column("Type", at("type")),
    column("Reason", at("reason")),
    column("Object", eventObject),
    column("Source", at("source.component"), true),
    column("Message", at("message")),
    column("Count", at("count"), true),
    column("Name", ({ metadata }) => metadata.name, true),
  ],
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
  "deployments.apps": [
    NAME_COLUMN,
    column(
      "Ready",
      (object, now) =>
        `${String(count("status.readyReplicas")(object, now))}/${String(count("spec.replicas")(object, now))}`,
    ),
    column("Up-to-date", count("status.updatedReplicas")),
    column("Available", count("status.availableReplicas")),
    AGE_COLUMN,
    ...workloadColumns,
  ],
  "replicasets.apps": [
    NAME_COLUMN,
    column("Desired", count("spec.replicas")),
    column("Current", count("status.replicas")),
    column("Ready", count("status.readyReplicas")),
    AGE_COLUMN,
    ...workloadColumns,
  ],
  "jobs.batch": [
    NAME_COLUMN,
    column("Status", jobStatus),
    column(
      "Completions",
      (object, now) =>
        `${String(count("status.succeeded")(object, now))}/${String(count("spec.completions")(object, now))}`,
    ),
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
  "leases.coordination.k8s.io": [
    NAME_COLUMN,
    column("Holder", at("spec.holderIdentity")),
    AGE_COLUMN,
  ],
  "customresourcedefinitions.apiextensions.k8s.io": [
    NAME_COLUMN,
    column("Created At", ({ metadata }) => metadata.creationTimestamp),
  ],
  "rolebindings.rbac.authorization.k8s.io": [NAME_COLUMN, column("Role", roleText), AGE_COLUMN],
  "clusterrolebindings.rbac.authorization.k8s.io": [
    NAME_COLUMN,
    column("Role", roleText),
    AGE_COLUMN,
  ],
};

/** The columns `kubectl get` shows for a built-in kind; name and age where nothing else is known. */
export function columnsOf(id: string): readonly Column[] {
  return COLUMNS[id] ?? [NAME_COLUMN, AGE_COLUMN];
}
