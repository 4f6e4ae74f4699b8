import { Environment } from "@marcbachmann/cel-js";
import { isRecord, jsonEqual } from "./json";
import { childSchema, type JsonSchema, type ValidationRule } from "./schema";
import type { FieldProblem } from "./status-error";

type Schema = JsonSchema | undefined;
type Check = (context: { self: unknown; oldSelf?: unknown }) => unknown;

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
});
const compiled = new Map<string, Check>();

/** @throws when the expression does not parse: a CRD that holds it is refused. */
export function compileRule(rule: string): Check {
  let check = compiled.get(rule);
  if (!check) {
    check = environment.parse(rule);
    compiled.set(rule, check);
  }
  return check;
}

/** CEL tells integers from doubles; JSON does not, so the schema decides. */
function toCel(schema: Schema, value: unknown): unknown {
  if (typeof value === "number") {
    const isInteger = schema?.type === "integer" || schema?.["x-kubernetes-int-or-string"];
    return isInteger && Number.isInteger(value) ? BigInt(value) : value;
  }
  if (Array.isArray(value)) return (value as unknown[]).map((item) => toCel(schema?.items, item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [field, toCel(childSchema(schema, field), item)]),
  );
}

const REASONS: Readonly<Record<string, (text: string) => Omit<FieldProblem, "field">>> = {
  FieldValueRequired: (text) => ({
    reason: "FieldValueRequired",
    message: `Required value: ${text}`,
  }),
  FieldValueForbidden: (text) => ({ reason: "FieldValueForbidden", message: `Forbidden: ${text}` }),
};

/** Scalars are shown before the text, objects and lists are not. */
function shown(value: unknown): string {
  return typeof value === "object" ? "" : `${JSON.stringify(value)}: `;
}

function problem({ path, value }: Node, rule: ValidationRule, text: string): FieldProblem {
  const field = `${path}${rule.fieldPath ?? ""}`;
  const worded = REASONS[rule.reason ?? ""]?.(text) ?? {
    reason: "FieldValueInvalid" as const,
    message: `Invalid value: ${shown(value)}${text}`,
  };
  return { field, ...worded };
}

function ruleMessage(rule: ValidationRule, context: { self: unknown }): string {
  if (rule.messageExpression !== undefined) {
    const text = compileRule(rule.messageExpression)(context);
    if (typeof text === "string") return text;
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}

interface Node {
  schema: Schema;
  value: unknown;
  before: unknown;
  path: string;
}

function rulesHere(node: Node): FieldProblem[] {
  const { schema, value, before } = node;
  const rules = schema?.["x-kubernetes-validations"] ?? [];
  if (rules.length === 0) return [];
  const self = toCel(schema, value);
  const isUnchanged = before !== undefined && jsonEqual(before, value);
  return rules.flatMap((rule) => {
    const isTransition = /\boldSelf\b/.test(rule.rule);
    // what is as it was may break a rule that came later; rules about the change itself are always asked
    if (isTransition ? before === undefined : isUnchanged) return [];
    const context = isTransition ? { self, oldSelf: toCel(schema, before) } : { self };
    try {
      const holds = compileRule(rule.rule)(context) === true;
      return holds ? [] : [problem(node, rule, ruleMessage(rule, context))];
    } catch (error) {
      const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      return [problem(node, rule, `rule could not be evaluated: ${why}`)];
    }
  });
}

/** The problems of every `x-kubernetes-validations` rule in the value. `before` is the stored value on an update. */
export function celProblems(node: Node): FieldProblem[] {
  const { schema, value, before, path } = node;
  if (schema === undefined || value === undefined || value === null) return [];
  const problems = rulesHere(node);
  if (Array.isArray(value)) {
    (value as unknown[]).forEach((item, index) => {
      const below = { schema: schema.items, value: item, before: undefined };
      problems.push(...celProblems({ ...below, path: `${path}[${index}]` }));
    });
  } else if (isRecord(value)) {
    for (const [field, item] of Object.entries(value)) {
      const old = isRecord(before) ? before[field] : undefined;
      const at = path === "" ? field : `${path}.${field}`;
      problems.push(
        ...celProblems({ schema: childSchema(schema, field), value: item, before: old, path: at }),
      );
    }
  }
  return problems;
}
