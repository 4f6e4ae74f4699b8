import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };
export type JsonObject = { readonly [field: string]: Json };

/** An object to apply, or an action of the recorder. */
export type Step =
  | { readonly kind: "apply"; readonly object: JsonObject }
  | { readonly kind: "action"; readonly name: string; readonly options: JsonObject };

/** One recorded case: what was done, and what was there afterwards. */
export type GoldenCase = {
  readonly name: string;
  readonly namespace: string;
  readonly steps: readonly Step[];
  readonly snapshots: readonly JsonObject[];
  readonly apiResponses: readonly JsonObject[];
};

/** Every case of a folder, in order of its name. */
export function readGoldenCases(folder: string): readonly GoldenCase[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readGoldenCase(folder, name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readGoldenCase(folder: string, name: string): GoldenCase {
  const read = (file: string) => readFileSync(join(folder, name, file), "utf8");
  const steps = parseAllDocuments(read("input.yaml"))
    .map((document) => document.toJS() as JsonObject | null)
    .filter((document) => document !== null)
    .map(toStep);
  const expected = JSON.parse(read("expected.json")) as JsonObject;
  return {
    name,
    namespace: namespaceOf(steps),
    steps,
    snapshots: objects(expected["snapshots"]),
    apiResponses: objects(expected["apiResponses"]),
  };
}

function toStep(document: JsonObject): Step {
  const { step } = document;
  return typeof step === "string"
    ? { kind: "action", name: step, options: document }
    : { kind: "apply", object: document };
}

function namespaceOf(steps: readonly Step[]): string {
  for (const step of steps) {
    if (step.kind !== "apply" || step.object["kind"] !== "Namespace") continue;
    return text(field(step.object["metadata"], "name"));
  }
  throw new Error("the case makes no namespace");
}

/** The field of an object; null when there is none. */
export function field(value: Json | undefined, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return (value as JsonObject)[name] ?? null;
}

/** The text, "" for anything else. */
export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list, none for anything else. */
export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}
