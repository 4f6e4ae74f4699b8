import { isRecord } from "./json";

type Step =
  | { kind: "field"; name: string }
  | { kind: "index"; index: number }
  | { kind: "all" }
  | { kind: "filter"; path: string; value: unknown };

const FIELD = /\.((?:[A-Za-z0-9_\-/]|\u0001)+)/y;
const BRACKET =
  /\['([^']+)'\]|\["([^"]+)"\]|\[(-?\d+)\]|\[\*\]|\.\*|\[\?\(@\.([\w.\-/]+)\s*==\s*(.+?)\)\]/y;

function literal(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith("'") || trimmed.startsWith('"')) return trimmed.slice(1, -1);
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  return Number(trimmed);
}

function toStep(match: RegExpExecArray): Step {
  const [, single, double, index, filter, value] = match;
  const name = single ?? double;
  if (name !== undefined) return { kind: "field", name };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (filter !== undefined) return { kind: "filter", path: filter, value: literal(value ?? "") };
  return { kind: "all" };
}

function unescapeDots(path: string): string {
  return path.replaceAll("\\.", "\u0001");
}

function elements(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return isRecord(value) ? Object.values(value) : [];
}

function take(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case "field":
      return isRecord(value) && step.name in value ? [value[step.name]] : [];
    case "index": {
      const item = Array.isArray(value) ? (value as unknown[]).at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case "all":
      return elements(value);
    case "filter":
      return elements(value).filter((item) => dotted(item, step.path) === step.value);
  }
}

function dotted(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((found, name) => (isRecord(found) ? found[name] : undefined), value);
}

/**
 * Reads the JSONPath subset that printer columns and scale paths use: fields, indexes, `[*]`, `[?(@.a=="b")]`.
 * Returns what is found, in order. A path it cannot read finds nothing.
 */
export function compileJsonPath(path: string): (object: unknown) => unknown[] {
  const text = unescapeDots(path.startsWith(".") || path.startsWith("[") ? path : `.${path}`);
  const steps: Step[] = [];
  let position = 0;
  while (position < text.length) {
    FIELD.lastIndex = position;
    BRACKET.lastIndex = position;
    const field = FIELD.exec(text);
    const match = field ? null : BRACKET.exec(text);
    if (field) {
      steps.push({ kind: "field", name: (field[1] ?? "").replaceAll("\u0001", ".") });
      position = FIELD.lastIndex;
    } else if (match) {
      steps.push(toStep(match));
      position = BRACKET.lastIndex;
    } else {
      return () => [];
    }
  }
  return (object) =>
    steps.reduce<unknown[]>(
      (values, step) => values.flatMap((value) => take(value, step)),
      [object],
    );
}
