import { asText, isRecord, valueAt } from "./json";
import type { KubeObject } from "./objects";
import { badRequest } from "./status-error";

export type Predicate = (object: KubeObject) => boolean;

const EVERYTHING: Predicate = () => true;

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const SET_BASED = /^\s*([^\s!=,()]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/;
const EQUALITY = /^\s*([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)\s*$/;
const EXISTENCE = /^\s*(!?)\s*([^\s!=,()]+)\s*$/;

function unparsable(selector: string): Error {
  return badRequest(
    `unable to parse requirement: found '${selector.trim()}', expected: in, notin, =, ==, !=, or an identifier`,
  );
}

function setTest(match: RegExpExecArray): LabelTest {
  const [, key = "", operator, list = ""] = match;
  const values = new Set(list.split(",").map((value) => value.trim()));
  if (operator === "in") return (labels) => values.has(labels[key] ?? "\0");
  return (labels) => !values.has(labels[key] ?? "\0");
}

function equalityTest(match: RegExpExecArray): LabelTest {
  const [, key = "", operator, value = ""] = match;
  if (operator === "!=") return (labels) => labels[key] !== value;
  return (labels) => labels[key] === value;
}

function parseLabelRequirement(text: string): LabelTest {
  const set = SET_BASED.exec(text);
  if (set) return setTest(set);
  const equality = EQUALITY.exec(text);
  if (equality) return equalityTest(equality);
  const existence = EXISTENCE.exec(text);
  if (!existence) throw unparsable(text);
  const [, negated, key = ""] = existence;
  return negated === "!"
    ? (labels) => labels[key] === undefined
    : (labels) => labels[key] !== undefined;
}

/** Splits at commas outside parentheses. */
function requirements(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/).filter((part) => part.trim() !== "");
}

/** `app=web,tier in (a,b),!canary`. An empty selector matches everything. */
export function parseLabelSelector(selector: string | null | undefined): Predicate {
  if (!selector) return EVERYTHING;
  const tests = requirements(selector).map(parseLabelRequirement);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return tests.every((test) => test(labels));
  };
}

const METADATA_FIELDS = ["metadata.name", "metadata.namespace"];

/** Fields beside name and namespace that each kind can be selected by. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  events: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "events.events.k8s.io": [
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
  ],
  namespaces: ["status.phase"],
  nodes: ["spec.unschedulable"],
  secrets: ["type"],
  "jobs.batch": ["status.successful"],
  "replicasets.apps": ["status.replicas"],
};

/** Fields whose value may stand in another place, or has a default when it stands nowhere. */
const FALLBACKS: Readonly<Record<string, (object: KubeObject) => unknown>> = {
  source: (object) => valueAt(object, "source.component") ?? valueAt(object, "reportingComponent"),
  reportingComponent: (object) => valueAt(object, "source.component"),
  reportingController: (object) => valueAt(object, "deprecatedSource.component"),
  "spec.unschedulable": () => "false",
  "spec.hostNetwork": () => "false",
  "status.successful": (object) => valueAt(object, "status.succeeded") ?? 0,
  "status.replicas": () => 0,
};

function fieldValue(object: KubeObject, path: string): string {
  const direct = path === "source" ? undefined : valueAt(object, path);
  return asText(direct ?? FALLBACKS[path]?.(object));
}

/** Kinds with fields of their own word it in one way, all others in another. */
function unknownField(path: string, resource: string): Error {
  const isPlain = SELECTABLE[resource] === undefined && !resource.includes(".");
  return badRequest(
    isPlain
      ? `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${path}`,
  );
}

function parseFieldRequirement(text: string, resource: string): Predicate {
  const match = EQUALITY.exec(text);
  if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, path = "", operator, wanted = ""] = match;
  const known = METADATA_FIELDS.includes(path) || SELECTABLE[resource]?.includes(path);
  if (!known) throw unknownField(path, resource);
  return operator === "!="
    ? (object) => fieldValue(object, path) !== wanted
    : (object) => fieldValue(object, path) === wanted;
}

/** `metadata.name=x,status.phase!=Running`; a field the kind cannot be selected by is a 400, as on a real server. */
export function parseFieldSelector(
  selector: string | null | undefined,
  resource: string,
): Predicate {
  if (!selector) return EVERYTHING;
  const tests = requirements(selector).map((text) => parseFieldRequirement(text, resource));
  return (object) => tests.every((test) => test(object));
}

/** Does a `metav1.LabelSelector` match these labels? An empty selector matches all, an absent one nothing. */
export function matchesLabelSelector(
  selector: unknown,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (!isRecord(selector)) return false;
  const wanted = Object.entries((selector["matchLabels"] ?? {}) as Record<string, string>);
  const expressions = (selector["matchExpressions"] ?? []) as {
    key: string;
    operator: string;
    values?: string[];
  }[];
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      return operator === "Exists" ? value !== undefined : value === undefined;
    })
  );
}
