import { asRecord, asText, jsonEqual } from "./json";
import { forbiddenValue, invalidValue } from "./metadata-validation";
import type { KubeObject } from "./objects";
import { badRequest, type FieldProblem } from "./status-error";

const MAX_BYTES = 1_048_576;
const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keyProblems(object: KubeObject): FieldProblem[] {
  return ["data", "binaryData"].flatMap((part) =>
    Object.keys(asRecord(object[part]))
      .filter((key) => !KEY.test(key) || key === "." || key === ".." || key.length > 253)
      .map((key) => invalidValue(`${part}[${key}]`, key, KEY_TEXT)),
  );
}

function sizeProblems(bytes: number, field: string): FieldProblem[] {
  if (bytes <= MAX_BYTES) return [];
  const message = `Too long: may not be more than ${MAX_BYTES} bytes`;
  return [{ reason: "FieldValueTooLong", field, message }];
}

function bytesOf(object: KubeObject, encoding: BufferEncoding): number {
  const values = Object.values(asRecord(object["data"])).map(asText);
  return values.reduce((sum, value) => sum + Buffer.byteLength(value, encoding), 0);
}

function fixedProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  if (before?.["immutable"] !== true) return [];
  const why = "field is immutable when `immutable` is set";
  return ["immutable", "data", "binaryData"]
    .filter((field) => !jsonEqual(before[field], object[field]))
    .map((field) => forbiddenValue(field, why));
}

/** Keys are file names, the whole is a megabyte at most, and what is immutable stays. */
export function configProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const size = sizeProblems(bytesOf(object, "utf8"), "");
  return [...fixedProblems(object, before), ...keyProblems(object), ...size];
}

/** As of a ConfigMap; and the type stays. */
export function secretProblems(object: KubeObject, before: KubeObject | undefined): FieldProblem[] {
  const size = sizeProblems(bytesOf(object, "base64"), "data");
  const isOther = before !== undefined && before["type"] !== object["type"];
  const type = isOther ? [invalidValue("type", object["type"], "field is immutable")] : [];
  return [...type, ...fixedProblems(object, before), ...keyProblems(object), ...size];
}

/** @throws StatusError BadRequest for data of a Secret that is not base64 */
export function assertBase64(secret: KubeObject): void {
  for (const value of Object.values(asRecord(secret["data"])).map(asText)) {
    if (value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) continue;
    throw badRequest(
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
    );
  }
}
