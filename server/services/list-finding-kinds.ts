import type { FindingKindList } from "@/server/contract/finding-kind";
import { catalogue } from "@/server/domain/findings/catalogue";

/** Every code of a finding with what it stands for; the same at any time and for everybody. */
export function listFindingKinds(): FindingKindList {
  return {
    items: catalogue.map(({ code, title, severity, explanation, ofService, ofClaim }) => ({
      code,
      title,
      severity,
      explanation,
      scope: ofClaim === null ? "Service" : ofService === null ? "Claim" : "Both",
    })),
  };
}
