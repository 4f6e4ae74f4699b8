import { builtinSchema } from "./builtin-schema";
import { celProblems, compileRule } from "./cel-rules";
import { customColumns } from "./custom-columns";
import { asArray, asRecord, asText, cloneJson, isRecord, type JsonRecord } from "./json";
import { listTypeProblems } from "./list-type-validation";
import { invalidValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import {
  apiVersionOf,
  resourceId,
  type KindRules,
  type Resource,
  type ScalePaths,
} from "./resources";
import { scaleProblems } from "./scale-validation";
import { applySchemaDefaults } from "./schema-defaults";
import type { JsonSchema } from "./schema";
import { rulesNotChecked, schemaProblems } from "./schema-validation";
import type { FieldProblem } from "./status-error";

/** The schema of the kind with the parts every object has. */
function completeSchema(declared: unknown): JsonSchema {
  const schema = isRecord(declared)
    ? (cloneJson(declared) as JsonSchema)
    : { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  schema.properties = {
    ...schema.properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: builtinSchema("V1ObjectMeta"),
  };
  return schema;
}

/** metadata has its own rules, which the generic part of the server checks. */
function withoutMetadata(schema: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...schema.properties, metadata: { type: "object" } } };
}

function rulesOf(schema: JsonSchema, scale: ScalePaths | undefined): KindRules {
  const checked = withoutMetadata(schema);
  return {
    setDefaults: (object) => applySchemaDefaults(checked, object),
    validate: (object, before) => {
      const faults = schemaProblems(checked, object, before);
      const problems = [
        ...faults,
        ...listTypeProblems({ schema: checked, value: object, before, path: "" }),
        ...scaleProblems(object, scale),
      ];
      const skipped = hasRules(schema) ? rulesNotChecked(faults) : undefined;
      if (skipped) return [...problems, skipped];
      return [...problems, ...celProblems({ schema: checked, value: object, before, path: "" })];
    },
  };
}

function hasRules(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasRules);
  if (!isRecord(schema)) return false;
  if (Array.isArray(schema["x-kubernetes-validations"])) return true;
  const nested = [...Object.values(asRecord(schema["properties"])), schema["items"]];
  return [...nested, schema["additionalProperties"]].some(hasRules);
}

function servedVersion(spec: JsonRecord): JsonRecord | undefined {
  const versions = asArray(spec["versions"]).map(asRecord);
  return versions.find((version) => version["storage"] === true) ?? versions[0];
}

/** The resource a definition serves: its storage version. Undefined when it has none. */
export function customResource(crd: KubeObject): Resource | undefined {
  const spec = asRecord(crd.spec);
  const version = servedVersion(spec);
  if (!version) return undefined;
  const names = asRecord(spec["names"]);
  const group = asText(spec["group"]);
  const plural = asText(names["plural"]);
  const kind = asText(names["kind"]);
  const subresources = asRecord(version["subresources"]);
  const schema = completeSchema(asRecord(version["schema"])["openAPIV3Schema"]);
  const hasStatus = subresources["status"] !== undefined;
  const scale = isRecord(subresources["scale"])
    ? (subresources["scale"] as unknown as ScalePaths)
    : undefined;
  const name = asText(version["name"]);
  return {
    id: resourceId(plural, group),
    storage: resourceId(plural, group),
    group,
    version: name,
    apiVersion: apiVersionOf(group, name),
    plural,
    kind,
    singular: asText(names["singular"]) || kind.toLowerCase(),
    listKind: asText(names["listKind"]) || `${kind}List`,
    namespaced: spec["scope"] === "Namespaced",
    shortNames: asArray(names["shortNames"]).map(asText),
    categories: asArray(names["categories"]).map(asText),
    hasStatus,
    hasGeneration: true,
    isCustom: true,
    schema,
    columns: customColumns(asArray(version["additionalPrinterColumns"])),
    rules: rulesOf(schema, scale),
    ...(scale ? { scale } : {}),
  };
}

function ruleProblems(schema: unknown, path: string): FieldProblem[] {
  if (!isRecord(schema)) return [];
  const here = asArray(schema["x-kubernetes-validations"]).flatMap((rule, index) => {
    const text = asText(asRecord(rule)["rule"]);
    try {
      compileRule(text);
      return [];
    } catch (error) {
      const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
      const field = `${path}.x-kubernetes-validations[${index}].rule`;
      return [invalidValue(field, text, `compilation failed: ${why}`)];
    }
  });
  const below = Object.entries(asRecord(schema["properties"])).flatMap(([field, child]) =>
    ruleProblems(child, `${path}.properties[${field}]`),
  );
  return [...here, ...below, ...ruleProblems(schema["items"], `${path}.items`)];
}

/** Fills in the names that follow from the kind. */
export function setDefinitionDefaults(crd: KubeObject): void {
  const names = asRecord(asRecord(crd.spec)["names"]);
  const kind = asText(names["kind"]);
  names["singular"] ??= kind.toLowerCase();
  names["listKind"] ??= `${kind}List`;
}

/** What makes a definition unusable. Structural rules beyond these are not checked. */
export function definitionProblems(crd: KubeObject): FieldProblem[] {
  const spec = asRecord(crd.spec);
  const names = asRecord(spec["names"]);
  const wanted = `${asText(names["plural"])}.${asText(spec["group"])}`;
  const problems: FieldProblem[] = [];
  if (crd.metadata.name !== wanted) {
    problems.push(
      invalidValue("metadata.name", crd.metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  const versions = asArray(spec["versions"]);
  versions.forEach((version, index) => {
    const schema = asRecord(asRecord(version)["schema"])["openAPIV3Schema"];
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    if (schema === undefined) {
      const message = "Required value: schemas are required";
      problems.push({ reason: "FieldValueRequired", field: path, message });
    }
    // the schema of an only version is told at the place it had before there were several
    const shownAt = versions.length === 1 ? "spec.validation.openAPIV3Schema" : path;
    problems.push(...ruleProblems(schema, shownAt));
  });
  if (servedVersion(spec) === undefined) {
    const message = "Required value: must have at least one version";
    problems.push({ reason: "FieldValueRequired", field: "spec.versions", message });
  }
  return problems;
}

/** A stored definition with the names and conditions an accepted one has. */
export function establishedStatus(crd: KubeObject, now: string): JsonRecord {
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: now,
    reason,
    message,
  });
  const spec = asRecord(crd.spec);
  return {
    acceptedNames: spec["names"],
    conditions: [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ],
    storedVersions: [asText(servedVersion(spec)?.["name"])],
  };
}
