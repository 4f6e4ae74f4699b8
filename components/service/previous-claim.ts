import type { ServiceDetail } from "@/server/contract/service-view";

/** What the spec named before the newest attachment that was written; null when there is nothing to go back to. */
export function previousClaim(detail: ServiceDetail): { claim: string | null } | null {
  const written = detail.attachments
    .filter(({ transitions }) => transitions.some(({ to }) => to === "Applied"))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (written === undefined) return null;
  const claim = written.previousClaimName;
  return claim === detail.cache.declaredClaim ? null : { claim };
}
