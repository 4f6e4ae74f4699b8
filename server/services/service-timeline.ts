import type { TimelineQuery } from "@/server/contract/query";
import type { ObjectKey } from "@/server/contract/service-view";
import type { Timeline } from "@/server/contract/timeline";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";

/**
 * What happened to a service and its chain, newest first. A service that is gone keeps its history.
 * @throws AppError `NotFound` when there neither is nor was such a service.
 */
export async function serviceTimeline(
  ctx: ServiceContext,
  key: ObjectKey,
  page: TimelineQuery,
): Promise<Timeline> {
  const { items, continue: next } = await ctx.timeline.list(key, page);
  const objects = page.continue === undefined ? await ctx.timeline.objects(key) : null;
  const exists = ctx.index.get("inferenceservices", `${key.namespace}/${key.name}`) !== null;
  if (items.length === 0 && objects?.length === 0 && !exists)
    throw new AppError("NotFound", `There is no service ${key.name} in namespace ${key.namespace}`);
  return {
    items: [...items],
    continue: next,
    objects: objects && [...objects],
    serviceExists: exists || (ctx.rows.ready ? false : null),
  };
}
