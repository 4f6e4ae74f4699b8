"use client";

import type { ClaimCandidate } from "@/server/contract/preflight";
import { CandidateOption, NamedOption } from "./candidate-option";
import { claimByName, groupCandidates } from "./group-candidates";

type ClaimOptionsProps = Readonly<{
  namespace: string;
  /** Names of the services the claim is for. */
  services: readonly string[];
  candidates: readonly ClaimCandidate[];
  /** The claim that all of them name now; null where there is none. */
  current: string | null;
  search: string;
  chosen: string;
  onChoose: (claim: string) => void;
}>;

/** The claims to choose from: usable ones by storage class, then the others with their reason, then a name that is none yet. */
export function ClaimOptions(props: ClaimOptionsProps) {
  const { namespace, services, candidates, current, search, chosen, onChoose } = props;
  const groups = groupCandidates(candidates, search);
  const named = claimByName(candidates, { typed: search.trim(), chosen });
  if (groups.length === 0 && named === null) {
    return (
      <p className="dim choose-empty">
        {search.trim() === ""
          ? `There is no claim in ${namespace}. Type the name of one you are about to create.`
          : "No claim has this name, and it is not a name a claim could have."}
      </p>
    );
  }
  return (
    <div role="radiogroup" aria-label="Claim">
      {groups.map((group) => (
        <div key={group.label}>
          <h3 className="group-label">{group.label}</h3>
          {group.candidates.map((candidate) => (
            <CandidateOption
              key={candidate.claim.uid}
              candidate={candidate}
              services={services}
              current={candidate.claim.name === current}
              checked={candidate.claim.name === chosen}
              onChoose={onChoose}
            />
          ))}
        </div>
      ))}
      {named === null ? null : (
        <div>
          <h3 className="group-label">Does not exist yet</h3>
          <NamedOption name={named} checked={named === chosen} onChoose={onChoose} />
        </div>
      )}
    </div>
  );
}
