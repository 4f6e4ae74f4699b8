/** The parts of an object that a test names; lists are replaced whole, `undefined` removes a field. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Overrides<T[K]> | undefined }
    : T;

/** `base` with what `overrides` names; objects are merged, everything else replaced. Never mutates its input. */
export function withOverrides<T extends object>(
  base: T,
  overrides: Overrides<T> = {} as Overrides<T>,
): T {
  // The merge of a T with a partial T is a T again, unless the test removed a required field on purpose.
  return merge(base, overrides) as T;
}

function merge(base: unknown, overrides: unknown): unknown {
  if (!isRecord(base) || !isRecord(overrides)) return overrides;
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(overrides)) {
    if (value === undefined) Reflect.deleteProperty(merged, field);
    else merged[field] = merge(merged[field], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
