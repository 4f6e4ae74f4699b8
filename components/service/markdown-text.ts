const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu;
/** What terminals are coloured with. */
const COLOURS = /\u001B\[[0-9;?]*[A-Za-z]/gu;
/** What ends a line for a reader, and what must not be in one. */
const CONTROLS = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SPECIAL = /[\\`*_[\]<>|~&$]/gu;
/** What makes a heading, a list or a rule where a line or a list item begins. */
const LEADING = /^(?=[#+\-=:])|(?<=^\d{1,9})(?=[.)])/u;
/** Keeps `@name` and `#12` from being mentions of people and issues where the report is pasted. */
const ZERO_WIDTH_SPACE = "\u200B";

/** Cluster text as running Markdown: one line on which nothing is markup, a link or a mention, cut at `limit` characters. */
export function mdText(text: string, limit = 600): string {
  return cut(oneLine(text), limit)
    .replace(SPECIAL, "\\$&")
    .replace(LEADING, "\\")
    .replace(/@/gu, `@${ZERO_WIDTH_SPACE}`)
    .replace(/#(?=\d)/gu, `#${ZERO_WIDTH_SPACE}`);
}

/** Cluster text as a code span that it cannot leave, cut at `limit` characters. */
export function mdCode(text: string, limit = 400): string {
  const line = cut(oneLine(text), limit);
  if (line === "") return "(empty)";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines as a code block that they cannot leave, each cut at `limit` characters. */
export function mdBlock(lines: readonly string[], limit = 300): string {
  const shown = lines.map((line) =>
    cut(line.replace(COLOURS, "").replace(CONTROLS, "").replaceAll("\n", " "), limit),
  );
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return `${fence}text\n${shown.join("\n")}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replace(COLOURS, "").replace(INVISIBLE, " ").trim();
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
