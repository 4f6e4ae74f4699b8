import type { AttachmentState } from "@/server/contract/attachment";
import type { Finding } from "@/server/contract/finding";
import type { FieldOwner } from "@/server/contract/service-view";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { claimFieldOwners, otherOwners } from "../field-owner";
import { gitopsTool } from "../gitops";
import { plain, quote } from "../wording";
import { buildFinding, MODEL_CACHE_FIELD, seen } from "./finding";

/**
 * Someone else owns the claim field, and that matters: a GitOps tool sets back what is changed here, and a request made here met the
 * owner. A person's kubectl edit alone is no finding.
 */
export function fieldOwnedByOther(facts: ServiceFacts): Finding | null {
  if (declaredClaim(facts.service) === null) return null;
  const owners = claimFieldOwners(facts.service.metadata.managedFields);
  const others = otherOwners(owners);
  const owner = others.find(({ gitops }) => gitops) ?? others[0];
  if (owner === undefined) return null;
  const shared = others.length < owners.length;
  const clashed = facts.attachment !== null && CLASHES.has(facts.attachment.state);
  if (!owner.gitops && !shared && !clashed) return null;
  return build(facts, owner, shared || clashed);
}

const CLASHES: ReadonlySet<AttachmentState> = new Set(["Conflict", "Superseded"] as const);

function build(facts: ServiceFacts, owner: FieldOwner, concerns: boolean): Finding {
  const { service, surroundings } = facts;
  const tool = gitopsTool(owner.manager);
  const who = tool === null ? quote(owner.manager) : `${tool} (${quote(owner.manager)})`;
  return buildFinding({
    code: "FieldOwnedByOther",
    severity: concerns ? "warning" : "info",
    message: owner.gitops
      ? `The claim is set by ${who}: change it here and your repository will set it back.`
      : `The claim is set by ${who}, which keeps its value until it lets go of the field.`,
    nextStep: owner.gitops
      ? "Make the change in the repository; the attach panel shows it ready to copy."
      : "Change it with that tool, or take ownership when attaching.",
    since: owner.time,
    evidence: [
      seen(surroundings, {
        kind: "InferenceService",
        object: service,
        field: `metadata.managedFields[${plain(owner.manager, 100)}] ${MODEL_CACHE_FIELD}`,
        value: owner.operation,
      }),
    ],
    actions: [{ type: "AttachClaim", label: "Show the change" }],
  });
}
