import { formatBytes, formatExactBytes } from "@/components/format/bytes";
import { Unknown } from "@/components/primitives/unknown";
import { UsageBar } from "@/components/primitives/usage-bar";
import type { ClaimView } from "@/server/contract/claim-view";

/** Used of capacity with its bar; what nobody measured is unknown, what is only asked for says so. */
export function ClaimUsage({ claim }: Readonly<{ claim: ClaimView }>) {
  const { usage } = claim;
  const capacity = claim.capacityBytes ?? claim.requestedBytes;
  const asked = claim.capacityBytes === null;
  return (
    <span className="claim-usage">
      <span className="num dim">
        {usage === null ? (
          <Unknown why="Nothing has measured how full this claim is." />
        ) : (
          <span
            title={`${formatExactBytes(usage.usedBytes)}${usage.ofClaim ? "" : ", of the node's disk, not of this claim alone"}`}
          >
            {formatBytes(usage.usedBytes)}
          </span>
        )}{" "}
        <span className="faint">of </span>
        {capacity === null ? (
          <Unknown why="The claim states no size." />
        ) : (
          <span title={formatExactBytes(capacity)}>
            {formatBytes(capacity)}
            {asked ? <span className="faint"> asked</span> : null}
          </span>
        )}
      </span>
      <UsageBar
        used={usage?.usedBytes ?? null}
        capacity={capacity}
        label={`Use of ${claim.name}`}
        shared={usage?.ofClaim === false}
      />
    </span>
  );
}
