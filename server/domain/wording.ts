import { maskSecrets } from "./secret-forms";
import { redactSource } from "./source";

const FRAGMENT_LIMIT = 300;
const SENTENCE_LIMIT = 900;
const NAME_LIMIT = 253;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const TIB = 1024 * GIB;
/** Below this a size in GiB with one decimal would read "0.0". */
const SMALLEST_SHOWN_IN_GIB = 0.1 * GIB;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu;
const URL_IN_TEXT = /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'`<>]+/giu;
const URL_AT_END = /[a-z][a-z0-9+.-]{0,20}:\/\/\S*$/iu;
/** What is left of a character when a cut goes through it. */
const LONE_SURROGATE = /[\uD800-\uDBFF]$/u;

/** The text with the user info, query and fragment of every URL, and well-known forms of tokens, left out. */
export function redactText(text: string): string {
  const redacted = text.includes("://") ? text.replace(URL_IN_TEXT, displaySource) : text;
  return maskSecrets(redacted);
}

/** A Model's source for people's eyes: on one line, without credentials and without anything behind `?`. */
export function displaySource(source: string): string {
  return redactSource(source).replace(/\?.*$/su, "");
}

/** One line of harmless text out of anything the cluster says: no control or invisible characters, no secrets, never longer than `limit`. */
export function plain(text: string, limit = FRAGMENT_LIMIT): string {
  const line = redactText(head(text, limit * 8))
    .replace(INVISIBLE, " ")
    .trim();
  if (line.length <= limit) return line;
  return `${line
    .slice(0, limit - 1)
    .replace(LONE_SURROGATE, "")
    .trimEnd()}…`;
}

/** A URL that the cut goes through could lose the `@` that tells its user info, so it is left out. */
function head(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(URL_AT_END, "");
}

/** A whole sentence of ours, which may quote the cluster. */
export function sentence(text: string): string {
  return plain(text, SENTENCE_LIMIT);
}

/** The name of an object in quotes. */
export function quote(name: string): string {
  return `"${plain(name, NAME_LIMIT)}"`;
}

/** `a`, `a and b`, `a, b and c`; longer lists end in "and N more". Each name is made harmless. */
export function listNames(names: readonly string[], shown = 4): string {
  const clean = names.slice(0, shown).map((name) => plain(name, NAME_LIMIT));
  if (names.length <= 1) return clean.join("");
  const head = names.length > shown ? clean : clean.slice(0, -1);
  const tail = names.length > shown ? `${names.length - shown} more` : (clean.at(-1) ?? "");
  return `${head.join(", ")} and ${tail}`;
}

/** `1 pod`, `2 pods`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** GiB with one decimal; MiB below a tenth of that. */
export function formatBytes(bytes: number): string {
  if (bytes >= TIB) return `${(bytes / TIB).toFixed(1)} TiB`;
  if (bytes >= SMALLEST_SHOWN_IN_GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  return bytes >= MIB ? `${(bytes / MIB).toFixed(1)} MiB` : `${Math.round(bytes)} bytes`;
}

/** The text up to the end of its first sentence, without the full stop: fit for a chip or an edge. */
export function firstSentence(text: string): string {
  const end = text.search(/[.!?]\s/u);
  return (end < 0 ? text : text.slice(0, end)).replace(/[.]$/u, "");
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `45 seconds`, `12 minutes`, `5 hours`, `3 days`: whole units, rounded down, of the largest that fills two; below that the next smaller. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 2 * DAY) return count(Math.floor(whole / DAY), "day");
  if (whole >= 2 * HOUR) return count(Math.floor(whole / HOUR), "hour");
  return whole >= 2 * MINUTE ? count(Math.floor(whole / MINUTE), "minute") : count(whole, "second");
}

/** Seconds from one instant (RFC 3339) to another; null when one of them is not known. */
export function secondsBetween(from: string | null | undefined, to: string): number | null {
  const span = (Date.parse(to) - Date.parse(from ?? "")) / 1000;
  return Number.isNaN(span) ? null : span;
}
