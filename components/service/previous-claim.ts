import type { Attachment } from "@/server/contract/attachment";
import type { ServiceDetail } from "@/server/contract/service-view";

/** What the spec said before the newest attachment that was written; null when there is nothing to go back to. */
export function previousClaim(
  detail: ServiceDetail,
): { claim: string | null; persistence: Attachment["persistence"]; id: string } | null {
  const written = detail.attachments
    .filter(({ transitions }) => transitions.some(({ to }) => to === "Applied"))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (written === undefined) return null;
  const claim = written.previousClaimName;
  if (claim === detail.cache.declaredClaim) return null;
  return { claim, persistence: persistenceBefore(written), id: written.id };
}

/** What has to be asked for so that persistence is again what it was; null where the request did not touch it. */
function persistenceBefore({ persistence, previousPersistence }: Attachment) {
  return persistence === null || persistence === previousPersistence ? null : previousPersistence;
}
