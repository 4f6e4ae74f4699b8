import { asText, cloneJson, isRecord, jsonEqual, type JsonRecord } from "./json";
import { unprocessable } from "./status-error";

type Container = JsonRecord | unknown[];

function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw unprocessable(`invalid path: ${pointer}`);
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function child(container: unknown, step: string): unknown {
  if (Array.isArray(container)) return (container as unknown[])[Number(step)];
  return isRecord(container) && Object.hasOwn(container, step) ? container[step] : undefined;
}

interface Place {
  container: Container;
  key: string;
}

function locate(document: unknown, pointer: string, operation: string): Place {
  const steps = parsePointer(pointer);
  const key = steps.pop();
  let container = document;
  for (const step of steps) container = child(container, step);
  if (key !== undefined && (isRecord(container) || Array.isArray(container))) {
    return { container, key };
  }
  throw unprocessable(
    `${operation} operation does not apply: doc is missing path: ${JSON.stringify(pointer)}: missing value`,
  );
}

function indexIn(list: readonly unknown[], key: string, operation: string): number {
  const index = key === "-" ? list.length : Number(key);
  if (Number.isInteger(index) && index >= 0 && index <= list.length) return index;
  throw unprocessable(`${operation} operation does not apply: index ${key} is out of bounds`);
}

function add(document: unknown, pointer: string, value: unknown): void {
  const { container, key } = locate(document, pointer, "add");
  if (Array.isArray(container)) container.splice(indexIn(container, key, "add"), 0, value);
  else container[key] = value;
}

function take(document: unknown, pointer: string, operation: string): unknown {
  const { container, key } = locate(document, pointer, operation);
  const value = child(container, key);
  if (value === undefined) {
    const missing = `doc is missing key: ${pointer}: missing value`;
    throw unprocessable(`${operation} operation does not apply: ${missing}`);
  }
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else Reflect.deleteProperty(container, key);
  return value;
}

function read(document: unknown, pointer: string): unknown {
  return parsePointer(pointer).reduce<unknown>((value, step) => child(value, step), document);
}

function test(document: unknown, pointer: string, wanted: unknown): void {
  if (jsonEqual(read(document, pointer) ?? null, wanted ?? null)) return;
  throw unprocessable(`testing value ${pointer} failed: test failed`);
}

function replaceAt(document: unknown, path: string, value: unknown): void {
  const { container, key } = locate(document, path, "replace");
  // the API server's library adds a key that an object lacks
  if (Array.isArray(container) && child(container, key) === undefined)
    take(document, path, "replace");
  Reflect.set(container, key, value);
}

function applyOne(document: unknown, operation: JsonRecord): void {
  const path = asText(operation["path"]);
  const from = asText(operation["from"]);
  const value = cloneJson(operation["value"]);
  switch (operation["op"]) {
    case "add": {
      add(document, path, value);
      return;
    }
    case "remove":
      return void take(document, path, "remove");
    case "replace": {
      replaceAt(document, path, value);
      return;
    }
    case "move": {
      add(document, path, take(document, from, "move"));
      return;
    }
    case "copy": {
      add(document, path, cloneJson(read(document, from)));
      return;
    }
    case "test": {
      test(document, path, value);
      return;
    }
    default:
      throw unprocessable(`Unexpected kind: ${asText(operation["op"])}`);
  }
}

/** RFC 6902 on a copy. @throws StatusError Invalid for an operation that does not apply */
export function jsonPatch(document: object, operations: readonly unknown[]): JsonRecord {
  const copy = cloneJson(document) as JsonRecord;
  for (const operation of operations) {
    if (!isRecord(operation)) throw unprocessable("an operation must be an object");
    applyOne(copy, operation);
  }
  return copy;
}
