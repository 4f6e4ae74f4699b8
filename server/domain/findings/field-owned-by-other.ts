import type { AttachmentState } from "@/server/contract/attachment";
import type { Finding } from "@/server/contract/finding";
import type { FieldOwner } from "@/server/contract/service-view";
import { declaredClaim } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { claimFieldOwners, otherOwners } from "../field-owner";
import { describeWriter, writerTool } from "../gitops";
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
  if (!setsBack(owner) && !shared && !clashed) return null;
  return build(facts, owner, shared || clashed);
}

const CLASHES: ReadonlySet<AttachmentState> = new Set(["Conflict", "Superseded"] as const);

/** A tool that holds the value outside of the cluster, and so writes it again. */
function setsBack({ gitops, manager }: FieldOwner): boolean {
  return gitops || writerTool(manager) === "Helm";
}

function textOf({ gitops, manager }: FieldOwner, who: string) {
  if (gitops) {
    return {
      message: `The claim is set by ${who}: change it here and your repository will set it back.`,
      nextStep:
        "Make the change in the repository; the attach panel shows it ready to copy. To set the claim here from now on, leave the field out of the repository.",
    };
  }
  if (writerTool(manager) === "Helm") {
    return {
      message: `The claim is set by ${who}: change it here and the next upgrade of its release will set it back.`,
      nextStep: "Change it in the values of the release, and upgrade.",
    };
  }
  return {
    message: `The claim is set by ${who}, which keeps its value until it lets go of the field.`,
    nextStep: "Change it with that tool, or take ownership when attaching.",
  };
}

function build(facts: ServiceFacts, owner: FieldOwner, concerns: boolean): Finding {
  const { service, surroundings } = facts;
  const who = describeWriter(owner.manager, quote(owner.manager));
  return buildFinding({
    code: "FieldOwnedByOther",
    severity: concerns ? "warning" : "info",
    ...textOf(owner, who),
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
