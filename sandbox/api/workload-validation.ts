import { parseQuantity } from "./admission/parse-quantity";
import { asArray, asRecord, asText, jsonEqual, type JsonRecord } from "./json";
import { forbiddenValue, invalidValue, requiredValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import { matchesLabelSelector } from "./selectors";
import type { FieldProblem } from "./status-error";

function containerProblems(spec: JsonRecord, path: string): FieldProblem[] {
  if (asArray(spec["containers"]).length === 0) return [requiredValue(`${path}.containers`)];
  return ["initContainers", "containers"].flatMap((list) =>
    asArray(spec[list]).flatMap((item, index) => {
      const container = asRecord(item);
      return ["name", "image"]
        .filter((field) => container[field] === undefined || container[field] === "")
        .map((field) => requiredValue(`${path}.${list}[${index}].${field}`));
    }),
  );
}

function mountProblems(spec: JsonRecord, path: string): FieldProblem[] {
  const volumes = new Set(asArray(spec["volumes"]).map((volume) => asRecord(volume)["name"]));
  return ["initContainers", "containers"].flatMap((list) =>
    asArray(spec[list]).flatMap((container, index) =>
      asArray(asRecord(container)["volumeMounts"]).flatMap((mount, at) => {
        const name = asRecord(mount)["name"];
        if (volumes.has(name)) return [];
        const field = `${path}.${list}[${index}].volumeMounts[${at}].name`;
        return [
          {
            reason: "FieldValueInvalid" as const,
            field,
            message: `Not found: ${JSON.stringify(name)}`,
          },
        ];
      }),
    ),
  );
}

/** Containers of both lists share their names. */
function repeatedNames(spec: JsonRecord, path: string): FieldProblem[] {
  const seen = new Set<unknown>();
  return ["initContainers", "containers"].flatMap((list) =>
    asArray(spec[list]).flatMap((container, index): FieldProblem[] => {
      const { name } = asRecord(container);
      const isRepeated = name !== undefined && seen.has(name);
      seen.add(name);
      const message = `Duplicate value: ${JSON.stringify(name)}`;
      const field = `${path}.${list}[${index}].name`;
      return isRepeated ? [{ reason: "FieldValueDuplicate", field, message }] : [];
    }),
  );
}

function podSpecProblems(spec: JsonRecord, path: string): FieldProblem[] {
  return [
    ...containerProblems(spec, path),
    ...repeatedNames(spec, path),
    ...mountProblems(spec, path),
    ...resourceProblems(spec, path),
  ];
}

/** A container may not ask for more than its limit. */
function resourceProblems(spec: JsonRecord, path: string): FieldProblem[] {
  return ["initContainers", "containers"].flatMap((list) =>
    asArray(spec[list]).flatMap((item, index) => {
      const { requests, limits } = asRecord(asRecord(item)["resources"]);
      const bounds = asRecord(limits);
      return Object.entries(asRecord(requests))
        .filter(([name, amount]) => isMore(amount, bounds[name]))
        .map(([name, amount]) => {
          const why = `must be less than or equal to ${name} limit of ${asText(bounds[name])}`;
          return invalidValue(`${path}.${list}[${index}].resources.requests`, amount, why);
        });
    }),
  );
}

function isMore(amount: unknown, bound: unknown): boolean {
  return bound !== undefined && parseQuantity(asText(amount)) > parseQuantity(asText(bound));
}

function countProblems(spec: JsonRecord): FieldProblem[] {
  const { replicas } = spec;
  if (typeof replicas !== "number" || replicas >= 0) return [];
  return [invalidValue("spec.replicas", replicas, "must be greater than or equal to 0")];
}

function withoutMutable(spec: JsonRecord): JsonRecord {
  const strip = (list: unknown) =>
    asArray(list).map((container) => ({ ...asRecord(container), image: "" }));
  return {
    ...spec,
    containers: strip(spec["containers"]),
    initContainers: strip(spec["initContainers"]),
    activeDeadlineSeconds: 0,
    tolerations: [],
    schedulingGates: [],
    terminationGracePeriodSeconds: 0,
    nodeName: "",
  };
}

/** Of a pod's spec only images, deadline, tolerations, gates and (by binding) the node may change. */
export function podProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const spec = asRecord(object.spec);
  if (before === undefined) return podSpecProblems(spec, "spec");
  const old = asRecord(before.spec);
  const moved = old["nodeName"] !== undefined && old["nodeName"] !== spec["nodeName"];
  if (!moved && jsonEqual(withoutMutable(old), withoutMutable(spec))) return [];
  const why =
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
  return [forbiddenValue("spec", why)];
}

/** Selector present, fixed and matching its own template; template complete. Also for ReplicaSets. */
export function deploymentProblems(
  object: KubeObject,
  before: KubeObject | undefined,
): FieldProblem[] {
  const spec = asRecord(object.spec);
  const template = asRecord(spec["template"]);
  const labels = asRecord(asRecord(template["metadata"])["labels"]) as Record<string, string>;
  const problems: FieldProblem[] = [];
  if (spec["selector"] === undefined) problems.push(requiredValue("spec.selector"));
  else if (!matchesLabelSelector(spec["selector"], labels)) {
    const why = "`selector` does not match template `labels`";
    problems.push(invalidValue("spec.template.metadata.labels", labels, why));
  }
  if (before !== undefined && !jsonEqual(asRecord(before.spec)["selector"], spec["selector"])) {
    problems.push(invalidValue("spec.selector", spec["selector"], "field is immutable"));
  }
  const podSpec = podSpecProblems(asRecord(template["spec"]), "spec.template.spec");
  return [...countProblems(spec), ...problems, ...podSpec];
}

export function jobProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const spec = asRecord(object.spec);
  const podSpec = asRecord(asRecord(spec["template"])["spec"]);
  const problems = podSpecProblems(podSpec, "spec.template.spec");
  if (podSpec["restartPolicy"] === "Always") {
    const field = "spec.template.spec.restartPolicy";
    const message = 'Unsupported value: "Always": supported values: "OnFailure", "Never"';
    problems.push({ reason: "FieldValueNotSupported", field, message });
  }
  const template = asRecord(before?.spec)["template"];
  if (before !== undefined && !jsonEqual(template, spec["template"])) {
    problems.push(invalidValue("spec.template", spec["template"], "field is immutable"));
  }
  return problems;
}
