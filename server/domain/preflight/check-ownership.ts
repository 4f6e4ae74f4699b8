import type { Check } from "@/server/contract/preflight";
import type { FieldOwner } from "@/server/contract/service-view";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { changedFieldOwners, claimFieldOwners, mainOwner, otherOwners } from "../field-owner";
import { MODEL_CACHE_FIELD, seen } from "../findings/finding";
import { gitopsTool } from "../gitops";
import type { InferenceService } from "../objects";
import { plain, quote } from "../wording";
import { buildCheck } from "./verdict";
import type { ClaimChange } from "./with-claim";

/** Who owns the field that would be written. A foreign owner is a warning: the API server refuses unless ownership is taken, and a GitOps tool sets it back. */
export function checkOwnership(
  before: ServiceFacts,
  change: ClaimChange & { readonly takeOwnership: boolean },
): Check {
  const { service, surroundings } = before;
  const owners = changedFieldOwners(service.metadata.managedFields, change);
  const owner = mainOwner(otherOwners(owners));
  if (owner === null) {
    const message = owners.length === 0 ? "Nobody owns the field yet." : "Mooring owns the field.";
    return buildCheck("Ownership", ["pass", message]);
  }
  const evidence = [
    seen(surroundings, {
      kind: "InferenceService",
      object: service,
      field: `metadata.managedFields[${plain(owner.manager, 100)}] ${fieldOf(service, owner)}`,
      value: owner.operation,
    }),
  ];
  const tool = gitopsTool(owner.manager);
  const who = tool === null ? quote(owner.manager) : `${tool} (${quote(owner.manager)})`;
  if (isSaidAlready(service, change)) {
    return buildCheck(
      "Ownership",
      ["pass", `The field is set by ${who}, to the same value.`],
      evidence,
    );
  }
  const message = `The field is set by ${who}${CONSEQUENCES[consequence(owner.gitops, change)]}`;
  return buildCheck("Ownership", ["warn", message], evidence);
}

function fieldOf({ metadata }: InferenceService, { manager }: FieldOwner): string {
  const ofClaim = claimFieldOwners(metadata.managedFields);
  return ofClaim.some((owner) => owner.manager === manager)
    ? MODEL_CACHE_FIELD
    : "spec.modelCache.persistence";
}

function isSaidAlready(service: InferenceService, change: ClaimChange): boolean {
  if (declaredClaim(service) !== change.claimName) return false;
  return change.persistence === null || change.persistence === service.spec.modelCache?.persistence;
}

const CONSEQUENCES = {
  revert: ": your repository will set it back. Make the change there.",
  taken: "; ownership is taken from it.",
  remains: ": removing it here leaves it there; remove it with that tool.",
  refused: ": the API server refuses the change unless you take ownership.",
} as const;

function consequence(
  gitops: boolean,
  change: { readonly claimName: string | null; readonly takeOwnership: boolean },
): keyof typeof CONSEQUENCES {
  if (gitops) return "revert";
  if (change.takeOwnership) return "taken";
  return change.claimName === null ? "remains" : "refused";
}
