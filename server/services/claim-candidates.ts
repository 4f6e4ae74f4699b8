import { gatherClaimFacts } from "@/server/cluster/gather-facts";
import { inNamespace } from "@/server/cluster/in-namespace";
import type { ClaimCandidateList } from "@/server/contract/preflight";
import type { ObjectKey } from "@/server/contract/service-view";
import { buildCandidates } from "@/server/domain/preflight/candidates";
import { suggestClaim } from "@/server/domain/preflight/suggest-claim";
import type { ServiceContext } from "./context";
import { factsOf } from "./service-facts";

/**
 * Every claim of the service's namespace, best first, with what speaks for and against it; where none would work, one that would.
 * @throws AppError `NotFound`.
 */
export function claimCandidates(ctx: ServiceContext, key: ObjectKey): ClaimCandidateList {
  const facts = factsOf(ctx, key);
  const around = { now: ctx.clock.now().toISOString(), ...ctx.operator() };
  const claims = inNamespace(ctx.index.list("persistentvolumeclaims"), key.namespace);
  const items = buildCandidates(
    facts,
    claims.flatMap(
      ({ metadata }) =>
        gatherClaimFacts(ctx.index, `${metadata.namespace}/${metadata.name}`, around) ?? [],
    ),
  );
  const works = items.some(({ verdict }) => verdict !== "block");
  const taken = new Set(claims.map(({ metadata }) => metadata.name));
  return { items, suggestion: works ? null : suggestClaim(facts, taken) };
}
