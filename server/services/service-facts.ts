import { gatherServiceFacts } from "@/server/cluster/gather-facts";
import type { ObjectKey } from "@/server/contract/service-view";
import type { ServiceFacts } from "@/server/domain/facts";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";

/**
 * Everything known about a service now, and about the claims asked for besides its own.
 * @throws AppError `NotFound`; `ServiceUnavailable` before the cluster was read for the first time.
 */
export function factsOf(
  ctx: ServiceContext,
  key: ObjectKey,
  alsoClaims: readonly string[] = [],
): ServiceFacts {
  ctx.rows.requireReady();
  const facts = gatherServiceFacts(ctx.index, `${key.namespace}/${key.name}`, {
    now: ctx.clock.now().toISOString(),
    ...ctx.operator(),
    alsoClaims,
  });
  if (!facts)
    throw new AppError("NotFound", `There is no service ${key.name} in namespace ${key.namespace}`);
  return facts;
}
