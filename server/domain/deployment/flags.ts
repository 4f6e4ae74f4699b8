/** `flag` with the text or number; nothing for what is not set or is "". */
export function named(flag: string, value: unknown): readonly string[] {
  return text(value) === "" ? [] : [flag, text(value)];
}

/** `flag` with a number above zero; nothing otherwise. */
export function positive(flag: string, value: unknown): readonly string[] {
  return typeof value === "number" && value > 0 ? [flag, String(value)] : [];
}

/** `flag` alone when the value is true: what is off or not set is left to the engine. */
export function given(flag: string, value: unknown): readonly string[] {
  return value === true ? [flag] : [];
}

/** The text or number as text; "" for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The texts of a list; none for anything else. */
export function list(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : [];
}

/** The fields of an object; none for anything else. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Whether the user's extra arguments already have the flag, with its value in the same word or the next one. */
export function hasExtra(
  { extraArgs = [] }: { readonly extraArgs?: readonly string[] },
  flag: string,
): boolean {
  return extraArgs.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
}
