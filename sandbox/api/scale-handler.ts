import { apply } from "./apply-object";
import { contentType, readBody, sendJson, type Exchange } from "./exchange";
import { asRecord, cloneJson, valueAt, type JsonRecord } from "./json";
import { jsonPatch } from "./json-patch";
import { mergePatch } from "./merge-patch";
import { invalidValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import { APPLY_PATCH, JSON_PATCH } from "./patch-object";
import { isTrue } from "./request-info";
import type { Resource, ScalePaths } from "./resources";
import { badRequest, invalid, methodNotAllowed, staleVersion } from "./status-error";
import { assertPatchOptions, currentObject, managerOf, storedTarget } from "./write-handlers";
import { change } from "./writes";

function read(object: KubeObject, path: string | undefined): unknown {
  return path === undefined ? undefined : valueAt(object, path.replace(/^\./, ""));
}

function selectorText(object: KubeObject, paths: ScalePaths): string | undefined {
  const own = read(object, paths.labelSelectorPath);
  if (typeof own === "string") return own;
  const labels = Object.entries(asRecord(valueAt(object, "spec.selector.matchLabels")));
  return labels.length === 0
    ? undefined
    : labels.map(([key, value]) => `${key}=${String(value)}`).join(",");
}

function toScale(object: KubeObject, paths: ScalePaths): JsonRecord {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(object, paths);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: read(object, paths.specReplicasPath) ?? 0 },
    status: {
      replicas: read(object, paths.statusReplicasPath) ?? 0,
      ...(selector === undefined ? {} : { selector }),
    },
  };
}

function setAt(object: KubeObject, path: string, value: unknown): KubeObject {
  const copy = cloneJson(object);
  const steps = path.replace(/^\./, "").split(".");
  const last = steps.pop() ?? "";
  let holder: JsonRecord = copy;
  for (const step of steps) {
    const next = asRecord(holder[step]);
    holder[step] = next;
    holder = next;
  }
  holder[last] = value;
  return copy;
}

function wantedScale(exchange: Exchange, present: JsonRecord, body: unknown): JsonRecord {
  if (exchange.info.verb === "update") return asRecord(body);
  if (contentType(exchange.request) !== JSON_PATCH) return asRecord(mergePatch(present, body));
  if (!Array.isArray(body)) throw badRequest("a JSON patch is a list of operations");
  return jsonPatch(present, body);
}

/** Apply of a Scale owns the one field of the object that it stands for. */
function applyScale(exchange: Exchange, resource: Resource, replicas: number): KubeObject {
  const { query, name } = exchange.info;
  const identity = { apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name } };
  const path = resource.scale?.specReplicasPath ?? "";
  const { object } = apply(exchange.api, storedTarget(exchange, resource), {
    given: setAt(identity as KubeObject, path, replicas),
    manager: managerOf(exchange),
    force: isTrue(query.get("force")),
    subresource: "scale",
    dryRun: query.get("dryRun") === "All",
  });
  return object;
}

/** GET, PUT and PATCH of the scale subresource. */
export async function handleScale(exchange: Exchange, resource: Resource): Promise<void> {
  const { scale } = resource;
  if (!scale) throw methodNotAllowed();
  const before = currentObject(exchange, resource);
  const present = toScale(before, scale);
  if (exchange.info.verb === "get") {
    sendJson(exchange.response, 200, present);
    return;
  }
  if (exchange.info.verb !== "update" && exchange.info.verb !== "patch") throw methodNotAllowed();
  const isApply = exchange.info.verb === "patch" && contentType(exchange.request) === APPLY_PATCH;
  assertPatchOptions(exchange, isApply);
  const body = await readBody(exchange.request);
  const wanted = isApply ? asRecord(body) : wantedScale(exchange, present, body);
  const replicas = wantedReplicas(exchange, resource, { wanted, before });
  const after = isApply
    ? applyScale(exchange, resource, replicas)
    : change(exchange.api, storedTarget(exchange, resource), {
        before,
        after: setAt(before, scale.specReplicasPath, replicas),
        subresource: "scale",
        manager: managerOf(exchange),
        dryRun: exchange.info.query.get("dryRun") === "All",
      });
  sendJson(exchange.response, 200, toScale(after, scale));
}

interface Asked {
  wanted: JsonRecord;
  before: KubeObject;
}

/** @throws StatusError Conflict for a stale version, Invalid for what is no count */
function wantedReplicas(exchange: Exchange, resource: Resource, { wanted, before }: Asked): number {
  const version = asRecord(wanted["metadata"])["resourceVersion"];
  if (version !== undefined && version !== "" && version !== before.metadata.resourceVersion) {
    throw staleVersion(resource, exchange.info.name);
  }
  const replicas = asRecord(wanted["spec"])["replicas"] ?? 0;
  if (typeof replicas === "number" && replicas >= 0) return replicas;
  const why = "must be greater than or equal to 0";
  throw invalid({ group: "autoscaling", plural: "scales", kind: "Scale" }, exchange.info.name, [
    invalidValue("spec.replicas", replicas, why),
  ]);
}
