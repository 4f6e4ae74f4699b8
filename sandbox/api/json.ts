export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a JSON object, else an empty one: for reading what clients may have left out. */
export function asRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string as it is, any other JSON scalar as its text, and "" for what is absent. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return "";
}

/** A shallow copy without some of its fields. */
export function omit<T extends object, K extends keyof T>(value: T, ...fields: K[]): Omit<T, K> {
  const copy = { ...value };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the copy is ours
  for (const field of fields) delete copy[field];
  return copy;
}

/** What lies at `a.b.c`, if every step is there. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const step of path.split(".")) found = isRecord(found) ? found[step] : undefined;
  return found;
}

/** A deep, unfrozen copy. Plain JSON only, which is several times faster than `structuredClone`. */
export function cloneJson<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => cloneJson(item)) as T;
  const copy: JsonRecord = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) copy[key] = cloneJson(item as unknown);
  }
  return copy as T;
}

/** Freezes in depth and stops at what is frozen already, so that shared parts cost nothing. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) freezeDeep(item as unknown);
  return value;
}

function recordsEqual(left: JsonRecord, right: JsonRecord): boolean {
  const keys = Object.keys(left).filter((key) => left[key] !== undefined);
  const others = Object.keys(right).filter((key) => right[key] !== undefined);
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))
  );
}

/** Equality of JSON values; the order of keys does not matter, that of list items does. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]))
    );
  }
  return isRecord(left) && isRecord(right) && recordsEqual(left, right);
}
