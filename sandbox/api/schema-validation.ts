import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { isRecord, jsonEqual } from "./json";
import type { JsonSchema } from "./schema";
import type { FieldProblem } from "./status-error";

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text));
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  verbose: true,
  formats: { "date-time": isInstant },
  unicodeRegExp: false,
  coerceTypes: false,
});

const validators = new WeakMap<JsonSchema, ValidateFunction>();

const KEPT_KEYWORDS = [
  "type",
  "required",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
];

type AjvSchema = Record<string, unknown>;

function exclusive(schema: AjvSchema): void {
  for (const [flag, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (schema[flag] === true) {
      schema[flag] = schema[bound];
      Reflect.deleteProperty(schema, bound);
    } else if (schema[flag] === false) {
      Reflect.deleteProperty(schema, flag);
    }
  }
}

function combinators(schema: JsonSchema): AjvSchema {
  const result: AjvSchema = {};
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const parts = schema[keyword];
    if (Array.isArray(parts)) result[keyword] = parts.map((part) => toAjv(part as JsonSchema));
  }
  if (isRecord(schema["not"])) result["not"] = toAjv(schema["not"]);
  return result;
}

function nest(schema: JsonSchema): AjvSchema {
  const nested: AjvSchema = {};
  if (schema.properties) {
    nested["properties"] = Object.fromEntries(
      Object.entries(schema.properties).map(([field, child]) => [field, toAjv(child)]),
    );
  }
  if (isRecord(schema.additionalProperties)) {
    nested["additionalProperties"] = toAjv(schema.additionalProperties);
  }
  if (schema.items) nested["items"] = toAjv(schema.items);
  return nested;
}

/** A structural schema in ajv's dialect: OpenAPI's nullable, boolean exclusive bounds and int-or-string translated. */
function toAjv(schema: JsonSchema): AjvSchema {
  const result: AjvSchema = { ...combinators(schema), ...nest(schema) };
  for (const keyword of KEPT_KEYWORDS) {
    if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  }
  // other formats are not looked at
  if (schema.format === "date-time") result["format"] = schema.format;
  exclusive(result);
  if (schema["x-kubernetes-int-or-string"] === true) {
    result["type"] = ["integer", "string"];
    delete result["anyOf"];
  }
  if (schema.nullable === true && typeof result["type"] === "string") {
    result["type"] = [result["type"], "null"];
  }
  return result;
}

function validatorOf(schema: JsonSchema): ValidateFunction {
  let validator = validators.get(schema);
  if (!validator) {
    validator = ajv.compile(toAjv(schema));
    validators.set(schema, validator);
  }
  return validator;
}

/** `/spec/containers/0/name` → `spec.containers[0].name` */
function toFieldPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function shown(value: unknown): string {
  const isScalar = typeof value !== "object" || value === null;
  return isScalar ? JSON.stringify(value) : JSON.stringify(typeName(value));
}

type Params = Record<string, unknown>;
type Wording = (at: {
  field: string;
  value: unknown;
  params: Params;
  schema: unknown;
}) => FieldProblem;

const body =
  (text: (params: Params, schema: unknown) => string): Wording =>
  ({ field, value, params, schema }) => ({
    reason: "FieldValueInvalid",
    field,
    message: `Invalid value: ${shown(value)}: ${field} in body ${text(params, schema)}`,
  });

const atMost = (limit: unknown) => `should be less than or equal to ${String(limit)}`;
const atLeast = (limit: unknown) => `should be greater than or equal to ${String(limit)}`;

const WORDINGS: Readonly<Record<string, Wording>> = {
  required: ({ field, params }) => ({
    reason: "FieldValueRequired",
    field: `${field === "" ? "" : `${field}.`}${String(params["missingProperty"])}`,
    message: "Required value",
  }),
  enum: ({ field, value, schema }) => ({
    reason: "FieldValueNotSupported",
    field,
    message: `Unsupported value: ${shown(value)}: supported values: ${(schema as unknown[]).map((item) => JSON.stringify(item)).join(", ")}`,
  }),
  type: ({ field, value, schema }) => {
    const wanted = Array.isArray(schema) ? schema.join(", ") : String(schema);
    const actual = JSON.stringify(typeName(value));
    return {
      reason: "FieldValueTypeInvalid",
      field,
      message: `Invalid value: ${actual}: ${field} in body must be of type ${wanted}: ${actual}`,
    };
  },
  format: ({ field, value, schema }) => ({
    reason: "FieldValueInvalid",
    field,
    message: `Invalid value: ${shown(value)}: ${field} in body must be of type ${String(schema)}: ${shown(value)}`,
  }),
  maxLength: ({ field, params }) => ({
    reason: "FieldValueTooLong",
    field,
    message: `Too long: may not be more than ${String(params["limit"])} bytes`,
  }),
  minLength: body(({ limit }) => `should be at least ${String(limit)} chars long`),
  pattern: body(({ pattern }) => `should match '${String(pattern)}'`),
  minimum: body(({ limit }) => atLeast(limit)),
  maximum: body(({ limit }) => atMost(limit)),
  exclusiveMinimum: body(({ limit }) => `should be greater than ${String(limit)}`),
  exclusiveMaximum: body(({ limit }) => `should be less than ${String(limit)}`),
  maxItems: ({ field, value, params }) => ({
    reason: "FieldValueInvalid",
    field,
    message: `Too many: ${(value as unknown[]).length}: must have at most ${String(params["limit"])} items`,
  }),
  minItems: body(({ limit }) => `should have at least ${String(limit)} items`),
};

const fallback = body((_params, schema) => `does not satisfy ${JSON.stringify(schema)}`);

function toProblem(error: ErrorObject): FieldProblem {
  const wording = WORDINGS[error.keyword] ?? fallback;
  return wording({
    field: toFieldPath(error.instancePath),
    value: error.data,
    params: error.params,
    schema: error.schema,
  });
}

function atPointer(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (found, step) =>
        typeof found === "object" && found !== null
          ? (Reflect.get(found, step) as unknown)
          : undefined,
      value,
    );
}

/** An old fault that the update leaves as it was is let pass, as ratcheting does. */
function isOldFault(error: ErrorObject, value: unknown, before: unknown): boolean {
  const old = atPointer(before, error.instancePath);
  return old !== undefined && jsonEqual(old, atPointer(value, error.instancePath));
}

/** What the schema has against the value, in the words of the API server. `before` is the stored value on an update. */
export function schemaProblems(
  schema: JsonSchema,
  value: unknown,
  before: unknown,
): FieldProblem[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => before === undefined || !isOldFault(error, value, before))
    .map(toProblem);
}

const BLOCKING = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTypeInvalid",
]);

/** Said when rules were not looked at because the schema already refuses the object; undefined if they may be. */
export function rulesNotChecked(problems: readonly FieldProblem[]): FieldProblem | undefined {
  if (!problems.some(({ reason }) => BLOCKING.has(reason))) return undefined;
  return {
    reason: "FieldValueInvalid",
    field: "<nil>",
    message:
      "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  };
}
