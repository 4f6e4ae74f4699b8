import type { KubeObject, OwnerReference } from "./objects";
import type { FieldProblem } from "./status-error";

const MAX_NAME = 253;
const MAX_LABEL_VALUE = 63;
const MAX_ANNOTATION_BYTES = 262_144;

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS_LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const QUALIFIED_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

export function invalidValue(field: string, value: unknown, why: string): FieldProblem {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return { reason: "FieldValueInvalid", field, message };
}

export function requiredValue(field: string, why = ""): FieldProblem {
  const message = why === "" ? "Required value" : `Required value: ${why}`;
  return { reason: "FieldValueRequired", field, message };
}

export function forbiddenValue(field: string, why: string): FieldProblem {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${why}` };
}

export type NameRule = "subdomain" | "label" | "path";

/** Role names may hold anything that can stand in a path; namespaces and services are DNS labels. */
export function nameRuleOf(resourceId: string): NameRule {
  if (resourceId.endsWith(".rbac.authorization.k8s.io")) return "path";
  return resourceId === "namespaces" || resourceId === "services" ? "label" : "subdomain";
}

function nameProblems(name: string, rule: NameRule): FieldProblem[] {
  const field = "metadata.name";
  if (rule === "path") {
    const bad = name === "." || name === ".." || /[/%]/.test(name);
    return bad ? [invalidValue(field, name, "may not contain '/' or '%'")] : [];
  }
  if (rule === "label") {
    if (name.length > 63) return [invalidValue(field, name, "must be no more than 63 bytes")];
    return DNS_LABEL.test(name) ? [] : [invalidValue(field, name, DNS_LABEL_TEXT)];
  }
  if (name.length > MAX_NAME) {
    return [invalidValue(field, name, `must be no more than ${MAX_NAME} bytes`)];
  }
  return SUBDOMAIN.test(name) ? [] : [invalidValue(field, name, SUBDOMAIN_TEXT)];
}

function keyProblems(field: string, key: string): FieldProblem[] {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const problems: FieldProblem[] = [];
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) {
    problems.push(invalidValue(field, key, `prefix part ${SUBDOMAIN_TEXT}`));
  }
  if (name.length > 63) {
    problems.push(invalidValue(field, key, "name part must be no more than 63 bytes"));
  } else if (!QUALIFIED_NAME.test(name)) {
    problems.push(invalidValue(field, key, QUALIFIED_TEXT));
  }
  return problems;
}

function labelProblems(labels: Record<string, string> | undefined): FieldProblem[] {
  const field = "metadata.labels";
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const problems = keyProblems(field, key);
    if (value.length > MAX_LABEL_VALUE) {
      problems.push(invalidValue(field, value, "must be no more than 63 bytes"));
    } else if (value !== "" && !QUALIFIED_NAME.test(value)) {
      problems.push(invalidValue(field, value, LABEL_VALUE_TEXT));
    }
    return problems;
  });
}

function annotationProblems(annotations: Record<string, string> | undefined): FieldProblem[] {
  const field = "metadata.annotations";
  const entries = Object.entries(annotations ?? {});
  const problems = entries.flatMap(([key]) => keyProblems(field, key.toLowerCase()));
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > MAX_ANNOTATION_BYTES) {
    const message = `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`;
    problems.push({ reason: "FieldValueTooLong", field, message });
  }
  return problems;
}

function finalizerProblems(finalizers: readonly string[] | undefined): FieldProblem[] {
  return (finalizers ?? []).flatMap((finalizer) => keyProblems("metadata.finalizers", finalizer));
}

function incompleteOwner(owner: OwnerReference): FieldProblem[] {
  return (["apiVersion", "kind", "name", "uid"] as const)
    .filter((field) => !owner[field])
    .map((field) => invalidValue(`metadata.ownerReferences.${field}`, "", "must not be empty"));
}

function ownerProblems({ ownerReferences = [] }: KubeObject["metadata"]): FieldProblem[] {
  const missing = ownerReferences.flatMap(incompleteOwner);
  const [first, second] = ownerReferences.filter((owner) => owner.controller === true);
  if (!first || !second) return missing;
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [...missing, invalidValue("metadata.ownerReferences", ownerReferences, why)];
}

const STANDARD_FINALIZERS = new Set(["orphan", "foregroundDeletion", "kubernetes"]);

/** Built-in kinds want a domain before the name of a finalizer that is not Kubernetes' own. */
export function unqualifiedFinalizers({ metadata }: KubeObject): FieldProblem[] {
  const why = "name is neither a standard finalizer name nor is it fully qualified";
  return (metadata.finalizers ?? [])
    .filter((finalizer) => !finalizer.includes("/") && !STANDARD_FINALIZERS.has(finalizer))
    .map((finalizer) => invalidValue("metadata.finalizers", finalizer, why));
}

/** Names, labels, annotations, finalizers and owners by the rules of ObjectMeta. */
export function metadataProblems(object: KubeObject, rule: NameRule): FieldProblem[] {
  const { metadata } = object;
  const name =
    metadata.name === ""
      ? [requiredValue("metadata.name", "name or generateName is required")]
      : nameProblems(metadata.name, rule);
  return [
    ...name,
    ...labelProblems(metadata.labels),
    ...annotationProblems(metadata.annotations),
    ...ownerProblems(metadata),
    ...finalizerProblems(metadata.finalizers),
  ];
}

/** What may not change in metadata from one version to the next. */
export function metadataChangeProblems(object: KubeObject, before: KubeObject): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const field of ["name", "namespace", "uid"] as const) {
    const value = object.metadata[field];
    if (value !== before.metadata[field]) {
      problems.push(invalidValue(`metadata.${field}`, value, "field is immutable"));
    }
  }
  if (before.metadata.deletionTimestamp !== undefined) {
    const known = new Set(before.metadata.finalizers);
    const added = (object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
    if (added.length > 0) {
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
      problems.push(forbiddenValue("metadata.finalizers", why));
    }
  }
  return problems;
}
