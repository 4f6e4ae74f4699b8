const BINARY = 1024;
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: BINARY,
  Mi: BINARY ** 2,
  Gi: BINARY ** 3,
  Ti: BINARY ** 4,
  Pi: BINARY ** 5,
  Ei: BINARY ** 6,
};
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d+))?$/;
const HUMAN_SIZE = /^(\d+(?:\.\d+)?)\s*(?:([KMGTPE])(i?))?B?$/i;

/** The number a Kubernetes quantity stands for (bytes, cores, …); null when it is not a quantity. Fractions of a byte are kept. */
export function parseQuantity(text: string): number | null {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const amount = parse(text);
  if (parsed.size >= MOST_KEPT) parsed.clear();
  parsed.set(text, amount);
  return amount;
}

/** A cluster has few different quantities, and each is asked for many times. */
const parsed = new Map<string, number | null>();
const MOST_KEPT = 2000;

function parse(text: string): number | null {
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const [, digits = "", suffix = "", exponent] = match;
  const factor = exponent === undefined ? FACTORS[suffix] : 10 ** Number(exponent);
  return factor === undefined ? null : Number(digits) * factor;
}

/** Bytes of a size as LLMKube writes it into `status.size` ("4.1 GiB"), rounded; null for "0", which there means unknown, and for other texts. */
export function parseHumanSize(text: string): number | null {
  const match = HUMAN_SIZE.exec(text.trim());
  if (match === null) return null;
  const [, digits = "", prefix = "", binary = ""] = match;
  const power = prefix === "" ? 0 : "KMGTPE".indexOf(prefix.toUpperCase()) + 1;
  const bytes = Math.round(Number(digits) * (binary === "" ? 1000 : BINARY) ** power);
  return bytes === 0 ? null : bytes;
}

/** The size as LLMKube writes it into `status.size`: `4.1 GiB`, `512 B`. Bytes in. */
export function toHumanSize(bytes: number): string {
  if (bytes < BINARY) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(BINARY)), 6);
  return `${(bytes / BINARY ** power).toFixed(1)} ${"KMGTPE"[power - 1] ?? ""}iB`;
}
