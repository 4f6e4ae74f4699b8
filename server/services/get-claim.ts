import { gatherClaimFacts } from "@/server/cluster/gather-facts";
import type { ClaimDetail } from "@/server/contract/claim-view";
import type { ObjectKey } from "@/server/contract/service-view";
import { buildClaimDetail } from "@/server/domain/views/claim-detail";
import { AppError } from "@/server/errors";
import type { ServiceContext } from "./context";

/** The claim with its volume. @throws AppError `NotFound`. */
export function getClaim(ctx: ServiceContext, { namespace, name }: ObjectKey): ClaimDetail {
  ctx.rows.requireReady();
  const facts = gatherClaimFacts(ctx.index, `${namespace}/${name}`, {
    now: ctx.clock.now().toISOString(),
    ...ctx.operator(),
  });
  if (!facts) throw new AppError("NotFound", `There is no claim ${name} in namespace ${namespace}`);
  return buildClaimDetail(facts);
}
