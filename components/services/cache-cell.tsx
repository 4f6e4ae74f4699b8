import { IconArrowNarrowRight } from "@tabler/icons-react";

import { KindBadge } from "@/components/primitives/kind-badge";
import { Unknown } from "@/components/primitives/unknown";
import type { ServiceView } from "@/server/contract/service-view";
import { toCacheMove } from "./cache-move";

/** The claim a service uses and whose it is; both claims while it is between two. */
export function CacheCell({ service }: Readonly<{ service: ServiceView }>) {
  const { cache } = service;
  const claim = cache.effectiveClaim ?? cache.declaredClaim;
  if (cache.kind === "Unknown" && claim === null) {
    return (
      <Unknown why="Which claim it uses could not be told from what this identity may read." />
    );
  }
  if (claim === null) {
    return <KindBadge kind={cache.kind} />;
  }
  const move = toCacheMove(service);
  return (
    <span className="cache" title={move?.reason}>
      {move === null ? null : (
        <>
          <span className="mono cache-claim cache-from">{move.from}</span>
          <IconArrowNarrowRight
            size={14}
            stroke={1.5}
            className="cache-arrow"
            aria-label="is to become"
          />
        </>
      )}
      <span className="mono cache-claim">{claim}</span>
      <KindBadge kind={cache.kind} />
    </span>
  );
}
