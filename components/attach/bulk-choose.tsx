"use client";

import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { ErrorState, SkeletonLines } from "@/components/primitives/states";
import { TextField } from "@/components/primitives/text-field";
import { candidatesOptions } from "@/components/query/details";
import type { ServiceView } from "@/server/contract/service-view";
import { combineCandidates } from "./bulk-candidates";
import { ClaimOptions } from "./claim-options";

/** Each service asked costs the server a look at every claim; the choice itself checks them all. */
const MOST_ASKED = 12;

type BulkChooseProps = Readonly<{
  namespace: string;
  rows: readonly ServiceView[];
  chosen: string;
  onChoose: (claim: string) => void;
}>;

/** The claims of the namespace, each judged by all the services together. */
export function BulkChoose({ namespace, rows, chosen, onChoose }: BulkChooseProps) {
  const [search, setSearch] = useState("");
  const asked = rows.slice(0, MOST_ASKED);
  const answers = useQueries({
    queries: asked.map(({ name }) => candidatesOptions(namespace, name)),
  });
  const failed = answers.find(({ error }) => error !== null);
  const known = asked.flatMap(({ name }, nth) => {
    const candidates = answers[nth]?.data?.items;
    return candidates === undefined ? [] : [{ service: name, candidates }];
  });
  const complete = known.length === asked.length;
  return (
    <section className="attach-choose" aria-label="Choose a claim">
      <TextField
        data-autofocus
        placeholder={`Search claims in ${namespace}, or type a name`}
        aria-label="Search claims, or type the name of one that does not exist yet"
        value={search}
        onText={setSearch}
      />
      {rows.length > MOST_ASKED ? (
        <p className="dim choose-empty">
          Judged here by the first {MOST_ASKED} services; choosing a claim checks all {rows.length}.
        </p>
      ) : null}
      {failed?.error ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : complete ? (
        <ClaimOptions
          namespace={namespace}
          services={rows.map(({ name }) => name)}
          candidates={combineCandidates(known)}
          current={commonClaim(rows)}
          search={search}
          chosen={chosen}
          onChoose={onChoose}
        />
      ) : (
        <SkeletonLines lines={6} />
      )}
    </section>
  );
}

function commonClaim(rows: readonly ServiceView[]): string | null {
  const claims = new Set(rows.map(({ cache }) => cache.declaredClaim));
  return claims.size === 1 ? (rows[0]?.cache.declaredClaim ?? null) : null;
}
