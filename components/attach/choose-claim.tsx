"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { TextField } from "@/components/primitives/text-field";
import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { candidatesOptions } from "@/components/query/details";
import type { ServiceView } from "@/server/contract/service-view";
import { ClaimOptions } from "./claim-options";
import { ClaimSuggestion } from "./claim-suggestion";

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
      {candidates.data?.suggestion ? (
        <>
          <h3 className="group-label">No claim here would do</h3>
          <ClaimSuggestion suggestion={candidates.data.suggestion} />
        </>
      ) : null}
      {candidates.isSuccess ? (
        <ClaimOptions
          namespace={service.namespace}
          services={[service.name]}
          candidates={candidates.data.items}
          current={service.cache.declaredClaim}
          search={search}
          chosen={chosen}
          onChoose={onChoose}
        />
      ) : null}
    </section>
  );
}
