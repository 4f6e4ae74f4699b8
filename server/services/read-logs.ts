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

/** A URL is only redacted when it is whole, so a line is held back until it ends. */
async function* redactedLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const end = (rest + chunk).lastIndexOf("\n");
    const text = rest + chunk;
    if (end >= 0) yield redactText(text.slice(0, end));
    rest = text.slice(end + 1);
  }
  if (rest !== "") yield redactText(rest);
}
