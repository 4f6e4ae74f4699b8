import { redactText } from "@/server/domain/wording";

/** More than this is not held back: progress bars are written over and over on one line without an end. */
const LONGEST_LINE = 64 * 1024;
/** Stays back when such a line is cut, so that a secret which is still on its way is seen whole. */
const HELD_BACK = 4 * 1024;
/** Places that are tried for a cut. */
const TRIES = 20;
const LEFT_OUT = "(the rest of this text without spaces is left out)";

/**
 * The text of `chunks` without secrets, cut at the ends of lines wherever the network cut it. A line without an end is cut at a
 * space where no secret is; text that goes on without one is left out.
 */
export async function* redactLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  let skipping = false;
  for await (const chunk of chunks) {
    rest += chunk;
    if (skipping) {
      const end = rest.search(/\s/u);
      rest = end < 0 ? "" : rest.slice(end);
      skipping = end < 0;
    }
    const cut = findCut(rest);
    if (cut === null) continue;
    if (cut === "nowhere") {
      yield LEFT_OUT;
      rest = "";
      skipping = true;
      continue;
    }
    yield redactText(rest.slice(0, cut));
    rest = rest.slice(cut + 1);
  }
  if (rest !== "") yield redactText(rest);
}

/** Where to cut what was read so far; null while more has to come. */
function findCut(text: string): number | "nowhere" | null {
  const newline = text.lastIndexOf("\n");
  if (newline >= 0) return newline;
  if (text.length <= LONGEST_LINE) return null;
  const whole = redactText(text);
  let at = text.length - HELD_BACK;
  for (let tried = 0; tried < TRIES; tried += 1) {
    at = lastSpace(text, at - 1);
    if (at < 0) return "nowhere";
    const cut = `${redactText(text.slice(0, at))}${text.charAt(at)}${redactText(text.slice(at + 1))}`;
    if (cut === whole) return at;
  }
  return "nowhere";
}

function lastSpace(text: string, from: number): number {
  return Math.max(text.lastIndexOf(" ", from), text.lastIndexOf("\r", from));
}
