import type { LogsQuery } from "@/server/contract/query";
import type { ObjectKey } from "@/server/contract/service-view";
import { redactText } from "@/server/domain/wording";
import type { LogTarget } from "@/server/ports";
import type { ServiceContext } from "./context";
import { pickLogTarget } from "./pick-log-target";
import { factsOf } from "./service-facts";

type Wanted = Pick<LogsQuery, "pod" | "container" | "tailLines">;

/** The log and where it is from. @throws AppError `NotFound` for an unknown service, pod or container. */
export async function readLogs(
  ctx: ServiceContext,
  key: ObjectKey,
  wanted: Wanted,
): Promise<{ target: LogTarget; text: string }> {
  const target = targetOf(ctx, key, wanted);
  return { target, text: redactText(await ctx.logs.read(target)) };
}

/** Whole lines as they come, several at once where they do, until the container ends or `signal` aborts. @throws AppError as `readLogs`. */
export function followLogs(
  ctx: ServiceContext,
  key: ObjectKey,
  wanted: Wanted & { readonly signal: AbortSignal },
): { target: LogTarget; lines: AsyncIterable<string> } {
  const target = targetOf(ctx, key, wanted);
  return { target, lines: redactedLines(ctx.logs.follow(target, wanted.signal)) };
}

function targetOf(ctx: ServiceContext, key: ObjectKey, wanted: Wanted): LogTarget {
  const { pods } = factsOf(ctx, key);
  return { namespace: key.namespace, tailLines: wanted.tailLines, ...pickLogTarget(pods, wanted) };
}

/** More than this is not held back: progress bars are written over and over on one line without an end. */
const LONGEST_LINE = 64 * 1024;

/** A URL is only redacted when it is whole, so a line is held back until it ends, an endless one until its last space. */
async function* redactedLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    rest += chunk;
    const end = endOf(rest);
    if (end === null) continue;
    yield redactText(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  if (rest !== "") yield redactText(rest);
}

/** Where to cut what was read so far; null while more has to come. */
function endOf(text: string): number | null {
  const newline = text.lastIndexOf("\n");
  if (newline >= 0) return newline;
  if (text.length <= LONGEST_LINE) return null;
  const space = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\r"));
  return space >= 0 ? space : text.length;
}
