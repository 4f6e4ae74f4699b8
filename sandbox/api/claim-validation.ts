import { asArray, asRecord, asText, jsonEqual, omit, type JsonRecord } from "./json";
import { forbiddenValue, invalidValue, requiredValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import type { FieldProblem } from "./status-error";

const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

function modeProblems(spec: JsonRecord): FieldProblem[] {
  const modes = asArray(spec["accessModes"]).map(asText);
  if (modes.length === 0) {
    return [requiredValue("spec.accessModes", "at least 1 access mode is required")];
  }
  return modes.flatMap((mode) => {
    if (MODES.includes(mode)) return [];
    const supported = MODES.map((name) => JSON.stringify(name)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(mode)}: supported values: ${supported}`;
    return [{ reason: "FieldValueNotSupported", field: "spec.accessModes", message }];
  });
}

const requested = (spec: JsonRecord) =>
  asRecord(asRecord(spec["resources"])["requests"])["storage"];

function newClaimProblems(spec: JsonRecord): FieldProblem[] {
  const size = requested(spec);
  const field = "spec.resources[storage]";
  if (size === undefined) return [...modeProblems(spec), requiredValue(field)];
  const isNothing = !/[1-9]/.test(asText(size)) || asText(size).startsWith("-");
  const problems = isNothing ? [invalidValue(field, size, "must be greater than zero")] : [];
  return [...modeProblems(spec), ...problems];
}

/** Only the request of a claim may change, and only a bound one's. */
export function claimProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const spec = asRecord(object.spec);
  if (before === undefined) return newClaimProblems(spec);
  const old = asRecord(before.spec);
  const isBound = asRecord(before.status)["phase"] === "Bound";
  const isUnpinned = old["volumeName"] === undefined || old["volumeName"] === "";
  const mayPin = isUnpinned || old["volumeName"] === spec["volumeName"];
  const mutable = [
    "volumeName",
    "volumeAttributesClassName",
    ...(isBound ? ["resources"] : []),
    ...(old["storageClassName"] === undefined ? ["storageClassName"] : []),
  ];
  if (mayPin && jsonEqual(omit(old, ...mutable), omit(spec, ...mutable))) return [];
  const why =
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
  return [forbiddenValue("spec", why)];
}

/** A volume has modes and a size, and stays where it is. */
export function volumeProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const spec = asRecord(object.spec);
  const problems: FieldProblem[] = [];
  if (asArray(spec["accessModes"]).length === 0) problems.push(requiredValue("spec.accessModes"));
  if (asRecord(spec["capacity"])["storage"] === undefined) {
    problems.push(requiredValue("spec.capacity"));
  }
  const affinity = asRecord(before?.spec)["nodeAffinity"];
  if (affinity !== undefined && !jsonEqual(affinity, spec["nodeAffinity"])) {
    problems.push(invalidValue("spec.nodeAffinity", spec["nodeAffinity"], "field is immutable"));
  }
  return problems;
}
