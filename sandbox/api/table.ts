import type { KubeObject } from "./objects";
import type { Column, Resource } from "./resources";

export type View = "object" | "table" | "metadata";

const META = { group: "meta.k8s.io", apiVersion: "meta.k8s.io/v1" };

const JSON_TYPES = new Set(["application/json", "application/*", "*/*"]);

function viewOfItem(item: string): View | undefined {
  const [type = "", ...parameters] = item.split(";").map((part) => part.trim());
  if (!JSON_TYPES.has(type)) return undefined;
  const values = new Map(parameters.map((part) => part.split("=", 2) as [string, string]));
  const as = values.get("as");
  if (as === undefined) return "object";
  if (values.get("v") !== "v1" || values.get("g") !== META.group) return undefined;
  if (as === "Table") return "table";
  return as.startsWith("PartialObjectMetadata") ? "metadata" : undefined;
}

/** Which form the Accept header asks for first; `undefined` when none that is served. */
export function parseAccept(header: string | undefined): View | undefined {
  const items = (header ?? "application/json").split(",");
  return items.map(viewOfItem).find((view) => view !== undefined);
}

function definition({ name, type, format = "", description = "", priority }: Column): object {
  return { name, type, format, description, priority };
}

export function toPartialMetadata(object: KubeObject): KubeObject {
  return {
    apiVersion: META.apiVersion,
    kind: "PartialObjectMetadata",
    metadata: object.metadata,
  };
}

export type IncludeObject = "None" | "Metadata" | "Object";

export function parseInclude(value: string | null): IncludeObject {
  return value === "None" || value === "Object" ? value : "Metadata";
}

function included(object: KubeObject, include: IncludeObject): KubeObject | undefined {
  if (include === "None") return undefined;
  return include === "Object" ? object : toPartialMetadata(object);
}

export interface TableInput {
  objects: readonly KubeObject[];
  now: string;
  include: IncludeObject;
  metadata: object;
  /** The rows after the first of a watch come without their definitions. */
  withDefinitions?: boolean;
}

/** A `meta.k8s.io/v1` Table, as `kubectl get` prints it. */
export function toTable(resource: Resource, input: TableInput): object {
  const { objects, now, include, metadata, withDefinitions = true } = input;
  const rows = objects.map((object) => ({
    cells: resource.columns.map((column) => column.cell(object, now)),
    object: included(object, include),
  }));
  return {
    kind: "Table",
    apiVersion: META.apiVersion,
    metadata,
    columnDefinitions: withDefinitions ? resource.columns.map(definition) : null,
    rows,
  };
}
