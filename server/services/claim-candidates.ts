import { gatherClaimFacts } from "@/server/cluster/gather-facts";
import type { ClaimCandidate } from "@/server/contract/preflight";
import type { ObjectKey } from "@/server/contract/service-view";
import { buildCandidate, rankCandidates } from "@/server/domain/preflight/candidates";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

/** Every claim of the service's namespace, best first, with what speaks for and against it. @throws AppError `NotFound`. */
export function claimCandidates(ctx: ServiceContext, key: ObjectKey): ClaimCandidate[] {
  const facts = factsOf(ctx, key);
  const around = { now: ctx.clock.now().toISOString(), ...ctx.operator() };
  const candidates = ctx.index
    .list("persistentvolumeclaims")
    .filter(({ metadata }) => metadata.namespace === key.namespace)
    .flatMap(({ metadata }) => {
      const claim = gatherClaimFacts(ctx.index, `${metadata.namespace}/${metadata.name}`, around);
      return claim ? [buildCandidate(facts, claim)] : [];
    });
  return rankCandidates(candidates);
}
