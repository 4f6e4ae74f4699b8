import * as kubernetes from "@kubernetes/client-node";
import type { JsonSchema } from "./schema";

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

interface GeneratedModel {
  getAttributeTypeMap(): Attribute[];
}

/** Lists that are merged item by item, with the fields that identify an item; every other list is one value. */
const MERGED_LISTS: Readonly<Record<string, readonly string[]>> = {
  "V1DeploymentStatus.conditions": ["type"],
  "V1ReplicaSetStatus.conditions": ["type"],
  "V1JobStatus.conditions": ["type"],
  "V1NamespaceStatus.conditions": ["type"],
  "V1NodeStatus.conditions": ["type"],
  "V1NodeStatus.addresses": ["type"],
  "V1PersistentVolumeClaimStatus.conditions": ["type"],
  "V1PodStatus.conditions": ["type"],
  "V1PodStatus.podIPs": ["ip"],
  "V1ServiceStatus.conditions": ["type"],
  "V1Container.env": ["name"],
  "V1Container.ports": ["containerPort", "protocol"],
  "V1Container.volumeDevices": ["devicePath"],
  "V1Container.volumeMounts": ["mountPath"],
  "V1PodSpec.containers": ["name"],
  "V1PodSpec.initContainers": ["name"],
  "V1PodSpec.volumes": ["name"],
  "V1PodSpec.imagePullSecrets": ["name"],
  "V1PodSpec.hostAliases": ["ip"],
  "V1PodSpec.resourceClaims": ["name"],
  "V1PodSpec.schedulingGates": ["name"],
  "V1PodSpec.topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
  "V1ServiceSpec.ports": ["port", "protocol"],
  "V1ServiceAccount.secrets": ["name"],
  "V1ObjectMeta.ownerReferences": ["uid"],
  "V1CustomResourceDefinitionStatus.conditions": ["type"],
};

/** Strategic merge knows one key where server-side apply knows two, and merges a few lists that apply replaces. */
const PATCH_KEYS: Readonly<Record<string, string>> = {
  "V1Container.ports": "containerPort",
  "V1ServiceSpec.ports": "port",
  "V1PodSpec.topologySpreadConstraints": "topologyKey",
  "V1PodStatus.hostIPs": "ip",
};

const SETS = new Set(["V1ObjectMeta.finalizers"]);
/** Job conditions are one value to apply and merged by strategic merge. */
const ATOMIC_FOR_APPLY = new Set(["V1JobStatus.conditions"]);
const RETAIN_KEYS = new Set(["V1PodSpec.volumes", "V1DeploymentSpec.strategy"]);

const ATOMIC_MODELS = new Set([
  "V1ConfigMapKeySelector",
  "V1LocalObjectReference",
  "V1NodeSelector",
  "V1NodeSelectorTerm",
  "V1ObjectFieldSelector",
  "V1ObjectReference",
  "V1ResourceFieldSelector",
  "V1SecretKeySelector",
  "V1SecretReference",
  "V1TypedLocalObjectReference",
  "V1LabelSelector",
  "V1OwnerReference",
  "V1RoleRef",
  "RbacV1Subject",
]);
const ATOMIC_MAPS = new Set(["V1PodSpec.nodeSelector", "V1ServiceSpec.selector"]);

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  Date: { type: "string", format: "date-time" },
  V1MicroTime: { type: "string", format: "date-time" },
  IntOrString: { "x-kubernetes-int-or-string": true },
  any: { "x-kubernetes-preserve-unknown-fields": true },
};

const QUANTITY_MAPS = new Set(["requests", "limits", "capacity", "allocatable", "hard", "used"]);

const built = new Map<string, JsonSchema>();
const names = new WeakMap<JsonSchema, string>();

function generatedModel(name: string): GeneratedModel | undefined {
  const found: unknown = (kubernetes as unknown as Record<string, unknown>)[name];
  const isModel = typeof found === "function" && "getAttributeTypeMap" in found;
  return isModel ? (found as unknown as GeneratedModel) : undefined;
}

function numberSchema(format: string): JsonSchema {
  return format === "double" ? { type: "number", format } : { type: "integer", format };
}

function typeSchema(type: string, format: string): JsonSchema {
  const list = /^Array<(.+)>$/.exec(type);
  if (list) return { type: "array", items: typeSchema(list[1] ?? "any", format) };
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map) return { type: "object", additionalProperties: typeSchema(map[1] ?? "any", format) };
  if (type === "number") return numberSchema(format);
  const unknown = { "x-kubernetes-preserve-unknown-fields": true };
  return SCALARS[type] ?? (generatedModel(type) ? builtinSchema(type) : unknown);
}

function markList(schema: JsonSchema, path: string): JsonSchema {
  const keys = MERGED_LISTS[path];
  const patchKey = PATCH_KEYS[path] ?? keys?.[0];
  const marked: JsonSchema = { ...schema, "x-kubernetes-list-type": "atomic" };
  if (keys && !ATOMIC_FOR_APPLY.has(path)) {
    marked["x-kubernetes-list-type"] = "map";
    marked["x-kubernetes-list-map-keys"] = [...keys];
  }
  if (SETS.has(path)) {
    marked["x-kubernetes-list-type"] = "set";
    marked["x-kubernetes-patch-strategy"] = "merge";
  }
  if (patchKey !== undefined) {
    marked["x-kubernetes-patch-merge-key"] = patchKey;
    marked["x-kubernetes-patch-strategy"] = RETAIN_KEYS.has(path) ? "merge,retainKeys" : "merge";
  }
  return marked;
}

function fieldSchema(model: string, attribute: Attribute): JsonSchema {
  const path = `${model}.${attribute.baseName}`;
  const schema = typeSchema(attribute.type, attribute.format);
  if (schema.type === "array") return markList(schema, path);
  if (ATOMIC_MAPS.has(path)) return { ...schema, "x-kubernetes-map-type": "atomic" };
  if (RETAIN_KEYS.has(path)) return { ...schema, "x-kubernetes-patch-strategy": "retainKeys" };
  const isQuantities = QUANTITY_MAPS.has(attribute.baseName) && schema.additionalProperties;
  return isQuantities
    ? { type: "object", additionalProperties: { type: "string", format: "quantity" } }
    : schema;
}

/**
 * The schema of a built-in model (`V1Pod`), read from the attribute tables of the generated client, with the list and map
 * types of the API on top. One object per model: nested models are shared, and may refer to themselves.
 */
export function builtinSchema(model: string): JsonSchema {
  const known = built.get(model);
  if (known) return known;
  const schema: JsonSchema = { type: "object" };
  built.set(model, schema);
  names.set(schema, model);
  if (ATOMIC_MODELS.has(model)) schema["x-kubernetes-map-type"] = "atomic";
  const attributes = generatedModel(model)?.getAttributeTypeMap() ?? [];
  schema.properties = Object.fromEntries(
    attributes.map((attribute) => [attribute.baseName, fieldSchema(model, attribute)]),
  );
  return schema;
}

/** The model a schema was made from, for references in OpenAPI. */
export function builtinModelName(schema: JsonSchema): string | undefined {
  return names.get(schema);
}
