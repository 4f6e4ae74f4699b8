import { asRecord, asText } from "./json";
import { compileJsonPath } from "./json-path";
import { sinceText } from "./ages";
import type { Column } from "./resources";

const AGE: Column = {
  name: "Age",
  type: "string",
  priority: 0,
  cell: (object, now) => sinceText(object.metadata.creationTimestamp, now),
};

export const NAME_COLUMN: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name must be unique within a namespace and is required when creating resources.",
  priority: 0,
  cell: (object) => object.metadata.name,
};

function toColumn(definition: unknown): Column {
  const record = asRecord(definition);
  const type = asText(record["type"]) as Column["type"];
  const read = compileJsonPath(asText(record["jsonPath"]));
  const description = asText(record["description"]);
  return {
    name: asText(record["name"]),
    type,
    priority: typeof record["priority"] === "number" ? record["priority"] : 0,
    ...(description ? { description } : {}),
    cell: (object, now) => {
      const [value] = read(object);
      if (value === undefined || value === null) return null;
      if (type === "date") return sinceText(asText(value), now);
      if (typeof value === "object") return JSON.stringify(value);
      return type === "string" ? scalarText(value) : value;
    },
  };
}

const scalarText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** The name, then the columns a definition declares; without any, the age. */
export function customColumns(definitions: readonly unknown[]): Column[] {
  const declared = definitions.map(toColumn);
  return [NAME_COLUMN, ...(declared.length === 0 ? [AGE] : declared)];
}
