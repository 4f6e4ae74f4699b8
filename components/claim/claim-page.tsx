"use client";

import { useQuery } from "@tanstack/react-query";
import { IconDatabase } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import Link from "next/link";

import { Age } from "@/components/primitives/age";
import { FindingCard } from "@/components/primitives/finding-card";
import { OwnershipBadge } from "@/components/primitives/kind-badge";
import { EmptyState, ErrorState, SkeletonLines } from "@/components/primitives/states";
import { ProblemError } from "@/components/query/api-client";
import { claimDetailOptions } from "@/components/query/details";
import { useClaimRow } from "@/components/query/lists";
import type { ClaimDetail, ClaimView } from "@/server/contract/claim-view";
import { ClaimFacts } from "./claim-facts";
import { ClaimUsers } from "./claim-users";
import "../service/service.css";
import "./claim.css";

const YamlView = dynamic(async () => (await import("@/components/primitives/yaml-view")).YamlView, {
  loading: () => <SkeletonLines />,
  ssr: false,
});

type ClaimPageProps = Readonly<{ namespace: string; name: string }>;

/** One claim: what it is, where its volume is, and who uses it. Mooring only reads it. */
export function ClaimPage({ namespace, name }: ClaimPageProps) {
  const row = useClaimRow(namespace, name);
  const { data, error, refetch } = useQuery(claimDetailOptions(namespace, name));
  const claim = row ?? data;
  if (row === null && (data !== undefined || isNotFound(error))) {
    return (
      <EmptyState icon={IconDatabase} title={`Claim ${name} does not exist in ${namespace}`}>
        Mooring never creates or deletes claims. <Link href="/claims">All claims</Link>
      </EmptyState>
    );
  }
  if (claim !== undefined) return <ClaimContent claim={claim} detail={data ?? null} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <ClaimSkeleton namespace={namespace} name={name} />;
}

function isNotFound(error: Error | null): boolean {
  return error instanceof ProblemError && error.problem.status === 404;
}

type ClaimContentProps = Readonly<{ claim: ClaimView; detail: ClaimDetail | null }>;

function ClaimContent({ claim, detail }: ClaimContentProps) {
  return (
    <>
      <ClaimHeader claim={claim} />
      {claim.findings.length > 0 ? (
        <section className="finding-list claim-findings" aria-label="Findings">
          {claim.findings.map((finding, index) => (
            <FindingCard
              key={`${finding.code}${finding.message}`}
              finding={finding}
              expanded={index === 0}
            />
          ))}
        </section>
      ) : null}
      <ClaimFacts claim={claim} volume={detail?.volume} />
      <ClaimUsers claim={claim} />
      <section className="claim-section" aria-labelledby="claim-yaml">
        <h2 id="claim-yaml">YAML</h2>
        {detail === null ? (
          <SkeletonLines lines={6} />
        ) : (
          <YamlView yaml={detail.yaml} label={`YAML of ${claim.name}`} />
        )}
      </section>
    </>
  );
}

function ClaimHeader({ claim }: Readonly<{ claim: ClaimView }>) {
  return (
    <header className="service-head">
      <div className="service-title">
        <h1>
          {claim.name} <span className="faint service-ns">{claim.namespace}</span>
        </h1>
        <p className="dim with-icon">
          <OwnershipBadge ownership={claim.ownership} />
          <span>
            {claim.terminating ? "Terminating" : claim.phase} · created{" "}
            <Age at={claim.createdAt} suffix=" ago" />
          </span>
        </p>
      </div>
    </header>
  );
}

function ClaimSkeleton({ namespace, name }: ClaimPageProps) {
  return (
    <>
      <header className="service-head">
        <div className="service-title">
          <h1>
            {name} <span className="faint service-ns">{namespace}</span>
          </h1>
          <p className="dim">Reading the cluster…</p>
        </div>
      </header>
      <SkeletonLines lines={8} />
    </>
  );
}
