import { createHash, randomInt } from "node:crypto";

/** Kubernetes' alphabet for generated names: no vowels, no look-alikes. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** The random end of a generated name. */
export function randomSuffix(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** A stable name part for any JSON value, independent of the order of its keys. */
export function hashSuffix(value: unknown, length: number): string {
  const digest = createHash("sha256").update(canonical(value)).digest();
  return Array.from({ length }, (_, at) => ALPHABET[(digest[at] ?? 0) % ALPHABET.length]).join("");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(",")}}`;
}
