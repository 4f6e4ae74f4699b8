"use client";

import { Bytes } from "@/components/primitives/bytes";
import { Fact } from "@/components/primitives/fact";
import { ObjectLink } from "@/components/primitives/object-link";
import { UsageBar } from "@/components/primitives/usage-bar";
import { useClaimRow } from "@/components/query/lists";
import type { ClaimView } from "@/server/contract/claim-view";
import type { ServiceView } from "@/server/contract/service-view";

type ClaimSummaryProps = Readonly<{ service: ServiceView; name: string }>;

/** The claim a service's weights come from, as far as it exists. */
export function ClaimSummary({ service, name }: ClaimSummaryProps) {
  const claim = useClaimRow(service.namespace, name);
  if (!claim) return null;
  const others = claim.usedBy.services.filter((user) => user.name !== service.name);
  return (
    <section className="card facts" aria-labelledby="claim-facts">
      <h2 id="claim-facts">Claim</h2>
      <dl>
        <Fact label="Name">
          <ObjectLink kind="PersistentVolumeClaim" namespace={claim.namespace} name={claim.name} />
        </Fact>
        <Fact label="Phase">{claim.phase}</Fact>
        <Fact label="Used">
          <Used claim={claim} />
        </Fact>
        <Fact label="Class">{claim.storageClass?.name ?? "none"}</Fact>
        <Fact label="Nodes">{claim.nodeNames?.join(", ") ?? "any node"}</Fact>
        <Fact label="Also used by">
          {[...new Set(others.map((user) => user.name))].join(", ") || "no other service"}
        </Fact>
      </dl>
    </section>
  );
}

function Used({ claim }: Readonly<{ claim: ClaimView }>) {
  const used = claim.usage?.usedBytes ?? null;
  const capacity = claim.capacityBytes ?? claim.requestedBytes;
  return (
    <>
      <Bytes bytes={used} why="Nothing has measured this claim yet." /> of{" "}
      <Bytes bytes={capacity} />
      <UsageBar
        used={used}
        capacity={capacity}
        label={`Use of ${claim.name}`}
        shared={claim.usage?.ofClaim === false}
      />
    </>
  );
}
