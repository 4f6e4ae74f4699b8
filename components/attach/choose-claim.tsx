"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { TextField } from "@/components/primitives/text-field";
import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { candidatesOptions } from "@/components/query/details";
import type { ClaimCandidate } from "@/server/contract/preflight";
import type { ServiceView } from "@/server/contract/service-view";
import { CandidateOption, NamedOption } from "./candidate-option";
import { claimByName, groupCandidates } from "./group-candidates";

type ChooseClaimProps = Readonly<{
  service: ServiceView;
  chosen: string;
  onChoose: (claim: string) => void;
}>;

/** The claims of the service's namespace: usable ones by storage class, then the others with their reason. */
export function ChooseClaim({ service, chosen, onChoose }: ChooseClaimProps) {
  const [search, setSearch] = useState("");
  const candidates = useQuery(candidatesOptions(service.namespace, service.name));
  return (
    <section className="attach-choose" aria-label="Choose a claim">
      <TextField
        data-autofocus
        placeholder={
          candidates.isSuccess
            ? `Search ${candidates.data.items.length} claims in ${service.namespace}, or type a name`
            : "Search claims, or type a name"
        }
        aria-label="Search claims, or type the name of one that does not exist yet"
        value={search}
        onText={setSearch}
      />
      {candidates.isPending ? <SkeletonLines lines={6} /> : null}
      {candidates.isError ? (
        <ErrorState error={candidates.error} onRetry={() => void candidates.refetch()} />
      ) : null}
      {candidates.isSuccess ? (
        <Candidates
          service={service}
          candidates={candidates.data.items}
          search={search}
          chosen={chosen}
          onChoose={onChoose}
        />
      ) : null}
    </section>
  );
}

type CandidatesProps = ChooseClaimProps &
  Readonly<{ candidates: readonly ClaimCandidate[]; search: string }>;

function Candidates({ service, candidates, search, chosen, onChoose }: CandidatesProps) {
  const groups = groupCandidates(candidates, search);
  const named = claimByName(candidates, { typed: search.trim(), chosen });
  if (groups.length === 0 && named === null) {
    return (
      <p className="dim choose-empty">
        {search.trim() === ""
          ? `There is no claim in ${service.namespace}. Type the name of one you are about to create.`
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
              service={service}
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
