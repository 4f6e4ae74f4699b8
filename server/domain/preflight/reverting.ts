import type { Impact } from "@/server/contract/preflight";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { claimFieldOwners, mainOwner, otherOwners } from "../field-owner";
import { gitopsTool } from "../gitops";
import { plain } from "../wording";

type Reverting = NonNullable<Impact["revertedBy"]>;

const ARGO = "Argo CD";
const HELM = /^helm$/iu;

/** The tool that sets the claim field back after the change; null where none is known to, or nothing changes. */
export function revertingTool(
  { service }: ServiceFacts,
  claimName: string | null,
): Reverting | null {
  if (declaredClaim(service) === claimName) return null;
  const owner = mainOwner(otherOwners(claimFieldOwners(service.metadata.managedFields)));
  const tool = owner === null ? null : toolOf(owner.manager);
  if (owner === null || tool === null) return null;
  return { tool, manager: plain(owner.manager, 100), message: consequenceOf(tool) };
}

/** The tool behind a field manager, where it is one that writes again what it was given; null for people and controllers. */
export function toolOf(manager: string): string | null {
  return gitopsTool(manager) ?? (HELM.test(manager) ? "Helm" : null);
}

function consequenceOf(tool: string): string {
  if (tool === "Helm") {
    return "Helm writes its own value again at the next upgrade of the release: change it in the chart's values as well.";
  }
  if (tool === ARGO) {
    return "Argo CD will show the service as out of sync and set the claim back when it syncs, at once with self-heal: change it in the repository.";
  }
  return `${tool} will set the claim back at its next reconciliation: change it in the repository.`;
}
