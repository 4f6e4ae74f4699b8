import { asArray, asText, isRecord, jsonEqual, type JsonRecord } from "./json";
import { childSchema, type JsonSchema } from "./schema";
import { badRequest } from "./status-error";

type Schema = JsonSchema | undefined;

const DELETE_FROM = "$deleteFromPrimitiveList/";
const SET_ORDER = "$setElementOrder/";
const RETAIN_KEYS = "$retainKeys";
const DIRECTIVE = "$patch";

function withoutDirectives(patch: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(patch)
      .filter(([field]) => !field.startsWith("$"))
      .map(([field, value]) => [field, clean(value)]),
  );
}

/** A patch value that lands where nothing was: as it is, without the directives and nulls inside. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((item) => !(isRecord(item) && item[DIRECTIVE] === "delete"))
      .map((item: unknown) => clean(item));
  }
  if (!isRecord(value)) return value;
  const cleaned = withoutDirectives(value);
  return Object.fromEntries(Object.entries(cleaned).filter(([, item]) => item !== null));
}

function retain(result: JsonRecord, patch: JsonRecord): JsonRecord {
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) return result;
  return Object.fromEntries(Object.entries(result).filter(([field]) => keys.includes(field)));
}

function mergeRecord(
  schema: Schema,
  target: JsonRecord,
  patch: JsonRecord,
): JsonRecord | undefined {
  const directive = patch[DIRECTIVE];
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return undefined;
  if (directive !== undefined && directive !== "merge") {
    throw badRequest(`Unknown patch type: ${asText(directive)}`);
  }
  const result = retain({ ...target }, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith(DELETE_FROM)) {
      const list = field.slice(DELETE_FROM.length);
      result[list] = asArray(result[list]).filter((item) => !asArray(value).includes(item));
    } else if (value === null) {
      Reflect.deleteProperty(result, field);
    } else if (!field.startsWith("$")) {
      setField(result, field, { schema: childSchema(schema, field), value });
    }
  }
  return orderLists(schema, result, patch);
}

function setField(
  result: JsonRecord,
  field: string,
  { schema, value }: { schema: Schema; value: unknown },
): void {
  const merged = mergeValue(schema, result[field], value);
  if (merged === undefined) Reflect.deleteProperty(result, field);
  else result[field] = merged;
}

function orderLists(schema: Schema, result: JsonRecord, patch: JsonRecord): JsonRecord {
  for (const [field, order] of Object.entries(patch)) {
    if (!field.startsWith(SET_ORDER)) continue;
    const list = field.slice(SET_ORDER.length);
    const key = childSchema(schema, list)?.["x-kubernetes-patch-merge-key"];
    const identify = (item: unknown) => (key && isRecord(item) ? item[key] : item);
    const wanted = asArray(order).map(identify);
    const rank = (item: unknown) => {
      const at = wanted.findIndex((id) => jsonEqual(id, identify(item)));
      return at < 0 ? wanted.length : at;
    };
    if (Array.isArray(result[list])) {
      result[list] = [...(result[list] as unknown[])].sort((a, b) => rank(a) - rank(b));
    }
  }
  return result;
}

function mergeValue(schema: Schema, target: unknown, patch: unknown): unknown {
  if (isRecord(patch)) return mergeRecord(schema, isRecord(target) ? target : {}, patch);
  if (!Array.isArray(patch)) return patch;
  const isMerged = schema?.["x-kubernetes-patch-strategy"]?.startsWith("merge") === true;
  if (!isMerged || !Array.isArray(target)) return clean(patch);
  const key = schema["x-kubernetes-patch-merge-key"];
  return key === undefined
    ? [...new Set([...(target as unknown[]), ...(patch as unknown[])])]
    : mergeByKey(schema, { key, target, patch });
}

interface KeyedLists {
  key: string;
  target: unknown[];
  patch: unknown[];
}

function mergeByKey(schema: JsonSchema, { key, target, patch }: KeyedLists): unknown[] {
  let result = [...target];
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest("list items of a strategic merge patch must be objects");
    const directive = item[DIRECTIVE];
    if (directive === "replace") {
      return patch.filter((entry) => entry !== item).map(clean);
    }
    const isSame = (other: unknown) => isRecord(other) && jsonEqual(other[key], item[key]);
    if (item[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    if (directive === "delete") {
      result = result.filter((other) => !isSame(other));
      continue;
    }
    const at = result.findIndex(isSame);
    if (at < 0) result.push(clean(item));
    else result[at] = mergeValue(schema.items, result[at], item);
  }
  return result;
}

/** Strategic merge patch by the merge keys of the kind's schema. Neither input is changed. */
export function strategicMerge(
  schema: JsonSchema,
  target: JsonRecord,
  patch: JsonRecord,
): JsonRecord {
  return mergeRecord(schema, target, patch) ?? {};
}
