import type { LogsQuery } from "@/server/contract/query";
import type { ObjectKey } from "@/server/contract/service-view";
import { redactText } from "@/server/domain/wording";
import type { LogTarget } from "@/server/ports";
import type { ServiceContext } from "./context";
import { pickLogTarget } from "./pick-log-target";
import { redactLines } from "./redact-lines";
import { factsOf } from "./service-facts";

type Wanted = Partial<Omit<LogsQuery, "follow">>;

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
  return { target, lines: redactLines(ctx.logs.follow(target, wanted.signal)) };
}

function targetOf(ctx: ServiceContext, key: ObjectKey, wanted: Wanted): LogTarget {
  const { pods } = factsOf(ctx, key);
  const { tailLines = null, timestamps = false } = wanted;
  return { namespace: key.namespace, tailLines, timestamps, ...pickLogTarget(pods, wanted) };
}
