import { isRecord, type JsonRecord } from "./json";
import { jsonPatch } from "./json-patch";
import { mergePatch } from "./merge-patch";
import type { KubeObject } from "./objects";
import { badRequest, unsupportedMediaType } from "./status-error";
import { strategicMerge } from "./strategic-merge";
import {
  assertIdentity,
  change,
  mustGet,
  type ApiState,
  type Target,
  type WriteOptions,
} from "./writes";
import type { Subresource } from "./write-scope";

export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";
export const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
export const APPLY_PATCH = "application/apply-patch+yaml";

function applyJsonPatch(object: KubeObject, operations: unknown): JsonRecord {
  if (!Array.isArray(operations)) throw badRequest("a JSON patch is a list of operations");
  return jsonPatch(object, operations);
}

function asPatch(body: unknown): JsonRecord {
  if (!isRecord(body)) throw badRequest("the patch is not a JSON object");
  return body;
}

function patched(target: Target, object: KubeObject, { type, body }: Patch): JsonRecord {
  const { resource } = target;
  switch (type) {
    case JSON_PATCH:
      return applyJsonPatch(object, body);
    case MERGE_PATCH:
      return mergePatch(object, asPatch(body)) as JsonRecord;
    case STRATEGIC_PATCH:
      if (!resource.isCustom) return strategicMerge(resource.schema, object, asPatch(body));
      throw unsupportedMediaType(acceptedPatches(true));
    default:
      throw unsupportedMediaType(acceptedPatches(resource.isCustom));
  }
}

function acceptedPatches(isCustom: boolean): string {
  const types = isCustom
    ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    : [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH];
  return types.join(", ");
}

export interface Patch {
  type: string;
  body: unknown;
}

/** Every patch but apply. A resourceVersion inside the patch is a precondition. */
export function patchObject(
  api: ApiState,
  target: Target,
  input: WriteOptions & { patch: Patch; subresource?: Subresource },
): KubeObject {
  const { patch, subresource, ...options } = input;
  const before = mustGet(api, target);
  const after = patched(target, before, patch) as KubeObject;
  if (!isRecord(after.metadata)) throw badRequest("metadata is missing");
  assertIdentity(target, after);
  return change(api, target, { ...options, before, after, subresource });
}
