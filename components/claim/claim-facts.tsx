"use client";

import { formatBytes } from "@/components/format/bytes";
import { Age } from "@/components/primitives/age";
import { Bytes } from "@/components/primitives/bytes";
import { Fact } from "@/components/primitives/fact";
import { Unknown } from "@/components/primitives/unknown";
import { UsageBar } from "@/components/primitives/usage-bar";
import type { ClaimDetail, ClaimView } from "@/server/contract/claim-view";

type ClaimFactsProps = Readonly<{
  claim: ClaimView;
  /** undefined while it is read, null when the claim is not bound. */
  volume: ClaimDetail["volume"] | undefined;
}>;

const UNREADABLE = "The storage class does not exist, or this identity may not read it.";

/** The claim, its storage class and its volume, side by side. */
export function ClaimFacts({ claim, volume }: ClaimFactsProps) {
  return (
    <div className="facts-columns">
      <Space claim={claim} />
      <StorageClass storageClass={claim.storageClass} />
      <section className="card facts" aria-labelledby="volume-facts">
        <h2 id="volume-facts">Volume</h2>
        {volume === undefined ? (
          <p className="dim">{claim.volumeName ?? "Not bound"}</p>
        ) : volume === null ? (
          <p className="dim">The claim is not bound to a volume.</p>
        ) : (
          <dl>
            <Fact label="Name">
              <span className="mono">{volume.name}</span>
            </Fact>
            <Fact label="Phase">{volume.phase}</Fact>
            <Fact label="Source">
              <span className="mono">{volume.source}</span>
            </Fact>
            <Fact label="Nodes">{claim.nodeNames?.join(", ") ?? "not limited to a node"}</Fact>
            <Fact label="Affinity">
              {volume.nodeAffinity === null ? (
                <span className="faint">none</span>
              ) : (
                <span className="mono">{volume.nodeAffinity}</span>
              )}
            </Fact>
            <Fact label="Reclaim">
              {volume.reclaimPolicy ?? <Unknown why="Not stated by the volume." />}
            </Fact>
          </dl>
        )}
      </section>
    </div>
  );
}

function Space({ claim }: Readonly<{ claim: ClaimView }>) {
  const { usage } = claim;
  const capacity = claim.capacityBytes ?? claim.requestedBytes;
  return (
    <section className="card facts" aria-labelledby="space-facts">
      <h2 id="space-facts">Space</h2>
      <p className="space-line num">
        {usage === null ? (
          <Unknown why="Nothing has measured how full this claim is." />
        ) : (
          <b>{formatBytes(usage.usedBytes)}</b>
        )}{" "}
        <span className="dim">
          used of <Bytes bytes={capacity} />
        </span>
      </p>
      <UsageBar
        used={usage?.usedBytes ?? null}
        capacity={capacity}
        label={`Use of ${claim.name}`}
        shared={usage?.ofClaim === false}
      />
      <p className="faint space-source">
        {usage === null ? (
          "No scan, kubelet or Prometheus number yet."
        ) : (
          <>
            {usage.ofClaim ? "" : "The node's disk, not this claim alone. "}
            {usage.source}, <Age at={usage.observedAt} suffix=" ago" />
          </>
        )}
      </p>
      <dl>
        <Fact label="Requested">
          <Bytes bytes={claim.requestedBytes} why="The claim states no size." />
        </Fact>
        <Fact label="Capacity">
          <Bytes bytes={claim.capacityBytes} why="Known once the claim is bound." />
        </Fact>
        <Fact label="Access">{claim.accessModes.join(", ")}</Fact>
        <Fact label="Mode">{claim.volumeMode}</Fact>
      </dl>
    </section>
  );
}

function StorageClass({ storageClass }: Pick<ClaimView, "storageClass">) {
  return (
    <section className="card facts" aria-labelledby="class-facts">
      <h2 id="class-facts">Storage class</h2>
      {storageClass === null ? (
        <p className="dim">The claim names no storage class.</p>
      ) : (
        <dl>
          <Fact label="Name">
            <span className="mono">{storageClass.name}</span>
          </Fact>
          <Fact label="Provisioner">
            {storageClass.provisioner === null ? (
              <Unknown why={UNREADABLE} />
            ) : (
              <span className="mono">{storageClass.provisioner}</span>
            )}
          </Fact>
          <Fact label="Binding">{storageClass.bindingMode ?? <Unknown why={UNREADABLE} />}</Fact>
          <Fact label="Reclaim">{storageClass.reclaimPolicy ?? <Unknown why={UNREADABLE} />}</Fact>
          <Fact label="Expandable">
            {storageClass.expandable === null ? (
              <Unknown why={UNREADABLE} />
            ) : storageClass.expandable ? (
              "yes"
            ) : (
              "no"
            )}
          </Fact>
        </dl>
      )}
    </section>
  );
}
