import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A structural schema as a definition holds it. */
export type Schema = {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly "x-kubernetes-validations"?: readonly {
    readonly rule: string;
    readonly message: string;
  }[];
  readonly [keyword: string]: unknown;
};

type Version = {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources: unknown;
  readonly additionalPrinterColumns: readonly Readonly<Record<string, unknown>>[];
  readonly schema: { readonly openAPIV3Schema: Schema };
};
export type Definition = {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly [Version];
  };
};

/** A definition of `crds/`. */
export function readDefinition(plural: "inferenceservices" | "models"): Definition {
  const file = new URL(`../../crds/${plural}.yaml`, import.meta.url);
  return parse(readFileSync(file, "utf8")) as Definition;
}

/** The schema of `spec` or `status`. */
export function schemaOf(definition: Definition, part: "spec" | "status"): Schema {
  const [{ schema }] = definition.spec.versions;
  const found = schema.openAPIV3Schema.properties?.[part];
  if (found === undefined) throw new Error(`${definition.metadata.name} has no ${part}`);
  return found;
}

/** Every field below the schema with its own; `[]` stands for an item. Types of Kubernetes, which have no descriptions of ours, end a path. */
export function fieldsOf(schema: Schema, path = ""): (readonly [string, Schema])[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return field.description === undefined ? [] : [[at, field] as const, ...fieldsOf(field, at)];
  });
  return schema.items ? [...below, ...fieldsOf(schema.items, `${path}[]`)] : below;
}

/** Paths of every field that a value holds, items of lists as `[]`. */
export function pathsIn(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, nested]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [at, ...pathsIn(nested, at)];
  });
}
