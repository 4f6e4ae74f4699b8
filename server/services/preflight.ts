import type { ClaimSuggestion, Preflight, PreflightRequest } from "@/server/contract/preflight";
import type { ObjectKey } from "@/server/contract/service-view";
import { buildChecks } from "@/server/domain/preflight/build-checks";
import { buildDiff } from "@/server/domain/preflight/diff";
import { equivalents } from "@/server/domain/preflight/equivalents";
import { furtherChecks } from "@/server/domain/preflight/further-checks";
import { buildImpact } from "@/server/domain/preflight/impact";
import { dryRunCheck, permissionCheck } from "@/server/domain/preflight/server-checks";
import { suggestClaim } from "@/server/domain/preflight/suggest-claim";
import { foldVerdict } from "@/server/domain/preflight/verdict";
import { withClaim } from "@/server/domain/preflight/with-claim";
import { changedFieldOwners, mainOwner } from "@/server/domain/field-owner";
import type { InferenceService, Meta } from "@/server/domain/objects";
import type { ServiceFacts } from "@/server/domain/facts";
import { findRepository } from "@/server/domain/repository";
import { isMissing } from "@/server/domain/service-state";
import { toYaml } from "@/server/domain/views/to-yaml";
import type { ServiceContext } from "./context";
import { dryRunChange } from "./dry-run-change";
import { may } from "./may";
import { factsOf } from "./service-facts";

const PATCH_SERVICE = {
  verb: "patch",
  group: "inference.llmkube.dev",
  resource: "inferenceservices",
} as const;

/**
 * What would hold after the change, without making it. Only an unknown service is an error: whatever else cannot be
 * asked is a check that says so.
 * @throws AppError `NotFound`.
 */
export async function preflight(ctx: ServiceContext, input: PreflightRequest): Promise<Preflight> {
  const key: ObjectKey = { namespace: input.namespace, name: input.name };
  const change = { claimName: input.claimName, persistence: input.persistence ?? null };
  const before = factsOf(ctx, key, input.claimName === null ? [] : [input.claimName]);
  const after = withClaim(before, change);
  const [allowed, dryRun] = await Promise.all([
    may(ctx.access, ctx.actor, { ...PATCH_SERVICE, ...key }),
    dryRunChange(ctx.claimField, before.service, change),
  ]);
  const stored = dryRun.stored;
  const ownership = mainOwner(changedFieldOwners(dryRun.current.metadata.managedFields, change));
  const checks = [
    ...buildChecks(after, before, change),
    permissionCheck(allowed, ctx.actor.name),
    dryRunCheck(dryRun.answer),
    ...furtherChecks(before, after),
  ];
  return {
    verdict: foldVerdict(checks),
    checks,
    impact: buildImpact(before, after),
    diff: buildDiff(dryRun.current, stored ?? after.service),
    before: specYaml(dryRun.current),
    after: stored && specYaml(stored),
    ownership,
    repository: ownership && findRepository(dryRun.current, ownership),
    suggestion: suggestionFor(before, change.claimName),
    equivalents: equivalents(key, change),
  };
}

function suggestionFor(before: ServiceFacts, claimName: string | null): ClaimSuggestion | null {
  if (claimName === null || !isMissing(before, claimName)) return null;
  return suggestClaim(before, new Set(), claimName);
}

/** Only what the change is about: no status, no bookkeeping of the API server's. */
function specYaml({ apiVersion, metadata, spec }: InferenceService): string {
  const { name, namespace } = metadata;
  return toYaml("InferenceService", {
    ...(apiVersion !== undefined && { apiVersion }),
    metadata: { name, namespace } as Meta, // the rest of it is what is left out here
    spec,
  });
}
