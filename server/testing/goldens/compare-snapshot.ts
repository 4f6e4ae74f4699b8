import type { Json, JsonObject } from "./golden-case";
import { field, objects, text } from "./golden-case";

/** Label that keeps the harness from moving pods; it is on no recorded object. */
export const HOLD_LABEL = "mooring.dev/test-hold";

const ANY = new Set(["<time>", "<ip>"]);
/** Human-readable: own words, but with every quoted value of the recorded text. */
const TEXTS = new Set(["message", "note", "schedulingMessage"]);
/** Annotations of which only the presence is compared: a hash of our own script text, and the scheduler's free choice. */
const RANDOM = new Set(["llmkube.ai/desired-template-hash", "volume.kubernetes.io/selected-node"]);

type Reduce = (object: JsonObject) => JsonObject;

/** What is compared of each kind in a snapshot; the rest is the cluster's own or random. */
export const KINDS: Readonly<Record<string, Reduce>> = {
  inferenceServices: (object) => ({
    ...owned(object),
    spec: withoutHold(object["spec"], "podLabels"),
    status: byType(object["status"] ?? null),
  }),
  models: (object) => ({
    ...owned(object),
    spec: object["spec"] ?? null,
    status: byType(withoutOldWait(object["status"] ?? null)),
  }),
  deployments: (object) => ({
    ...owned(object),
    spec: deploymentSpec(object["spec"]),
    status: pick(object["status"], [
      "replicas",
      "updatedReplicas",
      "readyReplicas",
      "availableReplicas",
    ]),
  }),
  services: (object) => ({ ...owned(object), spec: object["spec"] ?? null }),
  persistentVolumeClaims: (object) => ({
    ...owned(object),
    spec: object["spec"] ?? null,
    status: object["status"] ?? null,
  }),
};

/** Paths at which a snapshot differs from the recorded one, each with both values; none when they agree. */
export function compareSnapshot(recorded: JsonObject, actual: JsonObject): readonly string[] {
  const differences: string[] = [];
  for (const [kind, reduce] of Object.entries(KINDS)) {
    const [want, got] = [named(recorded[kind], reduce), named(actual[kind], reduce)];
    compare(want, got, kind, differences);
  }
  compareSets("pods", recorded["pods"], actual["pods"], podText, differences);
  compareSets(
    "operatorEvents",
    recorded["operatorEvents"],
    actual["operatorEvents"],
    eventText,
    differences,
  );
  differences.push(...compareClaimEvents(recorded, actual));
  compareNotes(objects(recorded["operatorEvents"]), objects(actual["operatorEvents"]), differences);
  return differences;
}

/** Compares any two values by the rules for texts, times and addresses; each difference is added to `found`. */
export function compare(want: Json, got: Json | undefined, path: string, found: string[]): void {
  if (typeof want === "string") {
    found.push(...compareText(want, got ?? null, path));
    return;
  }
  const both = isComposite(want) && isComposite(got);
  if (!both) {
    if (want !== (got ?? null)) found.push(`${path}: ${show(want)} was ${show(got)}`);
    return;
  }
  for (const name of new Set([...Object.keys(want), ...Object.keys(got)])) {
    compare(fieldOf(want, name), fieldOf(got, name), `${path}.${name}`, found);
  }
}

function compareText(want: string, got: Json, path: string): readonly string[] {
  if (ANY.has(want)) return got === null ? [`${path}: missing`] : [];
  const last = path.slice(path.lastIndexOf(".") + 1);
  if (TEXTS.has(last)) {
    return missingValues(want, text(got)).map((value) => `${path}: does not say ${value}`);
  }
  return want === got ? [] : [`${path}: ${show(want)} was ${show(got)}`];
}

function isComposite(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}

/** Quoted values of the recorded text that ours does not have. */
export function missingValues(recorded: string, ours: string): readonly string[] {
  const quoted = [...recorded.matchAll(/"([^"]*)"/g)].map(([, value]) => value ?? "");
  return [...new Set(quoted)].filter((value) => !ours.includes(value)).map((value) => `"${value}"`);
}

function named(list: Json | undefined, reduce: Reduce): JsonObject {
  return Object.fromEntries(
    objects(list).map((object) => [text(field(object["metadata"], "name")), reduce(object)]),
  );
}

function owned(object: JsonObject): JsonObject {
  const { metadata } = object;
  const owners = objects(field(metadata, "ownerReferences")).map((owner) =>
    pick(owner, ["apiVersion", "kind", "name", "controller", "blockOwnerDeletion"]),
  );
  const annotations = Object.entries(withoutKey(field(metadata, "annotations"), "")).map(
    ([name, value]) => [name, RANDOM.has(name) ? "<random>" : value] as const,
  );
  return {
    labels: withoutKey(field(metadata, "labels"), HOLD_LABEL),
    annotations: Object.fromEntries(annotations),
    owners,
    finalizers: field(metadata, "finalizers") ?? [],
  };
}

/** A Ready Model keeps the wait for its claim on record, if the claim was looked at before it was bound: chance. */
function withoutOldWait(status: Json): Json {
  if (field(status, "phase") !== "Ready") return status;
  const conditions = objects(field(status, "conditions")).filter(
    ({ reason }) => reason !== "PVCNotBound",
  );
  return { ...(status as JsonObject), conditions };
}

/** Conditions by their type: their order means nothing. */
function byType(status: Json): Json {
  const conditions = field(status, "conditions");
  if (!Array.isArray(conditions)) return status;
  const entries = objects(conditions).map(
    (condition) => [text(condition["type"]), condition] as const,
  );
  return { ...(status as JsonObject), conditions: Object.fromEntries(entries) };
}

function deploymentSpec(spec: Json | undefined): Json {
  const template = field(spec, "template");
  const podSpec = field(template, "spec") as JsonObject;
  const inits = field(podSpec, "initContainers");
  const metadata = field(template, "metadata") as JsonObject;
  return {
    ...(spec as JsonObject),
    template: {
      metadata: {
        labels: withoutKey(metadata["labels"] ?? null, HOLD_LABEL),
        annotations: metadata["annotations"] ?? {},
      },
      spec:
        inits === null
          ? podSpec
          : { ...podSpec, initContainers: objects(inits).map(withoutScript) },
    },
  };
}

function withoutScript(container: JsonObject): JsonObject {
  const [shell = "", flag = ""] = container["command"] as readonly string[];
  return { ...container, command: [shell, flag, "<script>"] };
}

function podText(pod: JsonObject): string {
  const conditions = objects(pod["conditions"])
    .map((condition) => `${text(condition["type"])}=${text(condition["status"])}`)
    .sort();
  return JSON.stringify([
    pod["deployment"],
    pod["phase"],
    pod["deleting"],
    pod["claims"],
    conditions,
    objects(pod["initContainerStatuses"]).map(initText),
  ]);
}

/** How far an init container got; the recorder and this harness write the rest of its status. */
function initText(status: JsonObject): Json {
  const [state = ""] = Object.keys((status["state"] ?? {}) as JsonObject);
  return [status["name"] ?? null, state, field(field(status["state"], state), "exitCode")];
}

function eventText(event: JsonObject): string {
  return JSON.stringify([
    event["type"],
    event["reason"],
    event["action"],
    field(event["regarding"], "kind"),
    field(event["regarding"], "name"),
    event["reportingController"],
  ]);
}

function compareSets(
  path: string,
  want: Json | undefined,
  got: Json | undefined,
  toText: (object: JsonObject) => string,
  found: string[],
): void {
  const [wanted, seen] = [objects(want).map(toText).sort(), objects(got).map(toText).sort()];
  const distinct = path !== "pods";
  const [a, b] = distinct ? [[...new Set(wanted)], [...new Set(seen)]] : [wanted, seen];
  if (a.join() !== b.join()) found.push(`${path}: ${a.join(" ")} was ${b.join(" ")}`);
}

/** What controller-manager and scheduler said of claims: each recorded event has to be there, how often they ask again is chance. */
function compareClaimEvents(recorded: JsonObject, actual: JsonObject): readonly string[] {
  const seen = new Set(objects(actual["claimEvents"]).map(eventText));
  const wanted = new Set(objects(recorded["claimEvents"]).map(eventText));
  return [...wanted]
    .filter((event) => !seen.has(event))
    .map((event) => `claimEvents: ${event} is missing`);
}

/** Each recorded note needs an event of its kind that has its values. */
function compareNotes(
  want: readonly JsonObject[],
  got: readonly JsonObject[],
  found: string[],
): void {
  for (const event of want) {
    const alike = got.filter((other) => eventText(other) === eventText(event));
    const note = text(event["note"]);
    if (
      alike.length === 0 ||
      alike.some((other) => missingValues(note, text(other["note"])).length === 0)
    ) {
      continue;
    }
    found.push(
      `operatorEvents ${text(event["reason"])}: no note says ${missingValues(note, "").join(" ")}`,
    );
  }
}

function pick(object: Json | undefined, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (field(object, name) === null ? [] : [[name, field(object, name)]])),
  );
}

function withoutKey(object: Json, key: string): JsonObject {
  return Object.fromEntries(
    Object.entries((object ?? {}) as JsonObject).filter(([name]) => name !== key),
  );
}

function withoutHold(spec: Json | undefined, name: string): Json {
  const rest = withoutKey(field(spec, name), HOLD_LABEL);
  const bare = withoutKey(spec ?? null, name);
  return Object.keys(rest).length === 0 ? bare : { ...bare, [name]: rest };
}

function fieldOf(value: JsonObject | readonly Json[], name: string): Json {
  return (value as JsonObject)[name] ?? null;
}

function show(value: Json | undefined): string {
  return JSON.stringify(value ?? null).slice(0, 200);
}
