import type { Finding, FindingCode, Severity } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts } from "../../facts";
import { servingClaimFacts } from "../../service-state";
import { transferFailure } from "../transfer-failure";

export type CatalogueEntry = {
  readonly code: FindingCode;
  readonly title: string;
  /** What it usually is; the finding says what it is in a case. */
  readonly severity: Severity;
  /** For the documentation: when it fires, why it matters, what follows. */
  readonly explanation: string;
  readonly ofService: ((facts: ServiceFacts) => Finding | null) | null;
  readonly ofClaim: ((facts: ClaimFacts) => Finding | null) | null;
};

type Rule<F> = (facts: F) => Finding | null;
type Text = Pick<CatalogueEntry, "title" | "severity" | "explanation">;

/** A rule about a service. */
export const service = (
  code: FindingCode,
  ofService: Rule<ServiceFacts>,
  text: Text,
): CatalogueEntry => ({
  code,
  ...text,
  ofService,
  ofClaim: null,
});

/** A rule about a claim also holds for each service that is served from it. */
export const claim = (
  code: FindingCode,
  ofClaim: Rule<ClaimFacts>,
  text: Text,
): CatalogueEntry => ({
  code,
  ...text,
  ofClaim,
  ofService: (facts) => {
    const claimFacts = servingClaimFacts(facts);
    return claimFacts === null ? null : ofClaim(claimFacts);
  },
});

/** One code with a rule for each of the two. */
export const both = (
  code: FindingCode,
  rules: Pick<CatalogueEntry, "ofService" | "ofClaim">,
  text: Text,
): CatalogueEntry => ({ code, ...text, ...rules });

/** A rule about a failed transfer of the model. */
export const transfer = (code: Parameters<typeof transferFailure>[0], text: Text): CatalogueEntry =>
  service(code, transferFailure(code), text);
