/** A schema as in OpenAPI or in a CustomResourceDefinition. */
export type Schema = { readonly [keyword: string]: unknown };
type Schemas = Readonly<Record<string, Schema>>;

/** Where our definitions hold types of the Kubernetes API: by definition, path in the spec (`[]`: items of a list), and type. */
const PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  inferenceservices: {
    "tolerations.[]": "Toleration",
    affinity: "Affinity",
    "topologySpreadConstraints.[]": "TopologySpreadConstraint",
    "imagePullSecrets.[]": "LocalObjectReference",
    podSecurityContext: "PodSecurityContext",
    securityContext: "SecurityContext",
    "env.[]": "EnvVar",
    "extraVolumes.[]": "Volume",
    "extraVolumeMounts.[]": "VolumeMount",
    "probeOverrides.startup": "Probe",
    "probeOverrides.liveness": "Probe",
    "probeOverrides.readiness": "Probe",
    "vllmConfig.hfTokenSecretRef": "SecretKeySelector",
    "sglangConfig.hfTokenSecretRef": "SecretKeySelector",
    "tgiConfig.hfTokenSecretRef": "SecretKeySelector",
    "personaPlexConfig.hfTokenSecretRef": "SecretKeySelector",
  },
  models: {
    sourceSecretRef: "LocalObjectReference",
    "prefetchTolerations.[]": "Toleration",
    "hardware.gpu.resourceClaims.[]": "PodResourceClaim",
  },
};

const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const INT_OR_TEXT = {
  anyOf: [{ type: "integer" }, { type: "string" }],
  "x-kubernetes-int-or-string": true,
};
const TEXTS = { type: "object", additionalProperties: { type: "string" } };

/** Types that a structural schema has its own form for. */
const OWN_FORMS: Schemas = {
  [QUANTITY]: {
    pattern:
      "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
    ...INT_OR_TEXT,
  },
  [INT_OR_STRING]: INT_OR_TEXT,
  // Of a claim that is made for a pod; the API takes nothing else there.
  [OBJECT_META]: { type: "object", properties: { annotations: TEXTS, labels: TEXTS } },
};

/** What holds in a definition as it does in the API. Enums do not: a newer cluster may know more values than ours did. */
const KEPT = [
  "type",
  "format",
  "required",
  "default",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
];

/**
 * The definition with the API's own schema at each place that holds one of its types; our descriptions of those places stay.
 * `schemas` are the components of `/openapi/v3/api/v1`. Never mutates its input.
 * @throws Error when a place or a type is not there.
 */
export function embedCoreSchemas<T extends object>(definition: T, schemas: Schemas): T {
  // A definition is JSON.
  const copy = structuredClone(definition) as unknown as {
    readonly spec: {
      readonly names: { readonly plural: string };
      readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
    };
  };
  const { names, versions } = copy.spec;
  for (const { schema } of versions) {
    for (const [path, type] of Object.entries(PLACES[names.plural] ?? {}))
      fill(placeOf(schema.openAPIV3Schema, path), toStructural(coreType(type, schemas), schemas));
  }
  return copy as unknown as T;
}

function coreType(name: string, schemas: Schemas): Schema {
  return named(`io.k8s.api.core.v1.${name}`, schemas);
}

function named(name: string, schemas: Schemas): Schema {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`the API has no type ${name}`);
  return schema;
}

function placeOf(root: Schema, path: string): Record<string, unknown> {
  let place: unknown = child(root, "spec");
  for (const step of path.split(".")) place = child(place as Schema, step);
  return place as Record<string, unknown>;
}

function child(schema: Schema, step: string): unknown {
  const properties = schema["properties"] as Schemas | undefined;
  const found = step === "[]" ? schema["items"] : properties?.[step];
  if (found === undefined) throw new Error(`the definition has no "${step}" where one is expected`);
  return found;
}

function fill(place: Record<string, unknown>, schema: Schema): void {
  const { description } = place;
  for (const keyword of Object.keys(place)) Reflect.deleteProperty(place, keyword);
  Object.assign(place, description === undefined ? {} : { description }, schema);
}

/** References resolved, and nothing that a structural schema may not hold. */
function toStructural(schema: Schema, schemas: Schemas): Schema {
  const reference = referenceOf(schema);
  if (reference !== null)
    return OWN_FORMS[reference] ?? toStructural(named(reference, schemas), schemas);
  const structural: Record<string, unknown> = {};
  for (const keyword of KEPT)
    if (schema[keyword] !== undefined) structural[keyword] = schema[keyword];
  for (const keyword of ["items", "additionalProperties"]) {
    const nested = schema[keyword];
    if (nested !== undefined) structural[keyword] = toStructural(nested as Schema, schemas);
  }
  const { properties } = schema;
  if (properties === undefined) return structural;
  const required = (schema["required"] as readonly string[] | undefined) ?? [];
  const nested = Object.entries(properties as Schemas);
  structural["properties"] = Object.fromEntries(
    nested.map(([name, property]) => [
      name,
      toStructural(required.includes(name) ? withoutDefault(property) : property, schemas),
    ]),
  );
  return structural;
}

/** The API's document gives each required field its type's zero as a default; a definition would fill that in for a missing one. */
function withoutDefault(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== "default"));
}

/** OpenAPI gives a reference beside other keywords (a description, an empty default) as the only part of `allOf`. */
function referenceOf(schema: Schema): string | null {
  const [part] = (schema["allOf"] as readonly Schema[] | undefined) ?? [schema];
  const reference = part?.["$ref"];
  return typeof reference === "string" ? reference.slice(reference.lastIndexOf("/") + 1) : null;
}
