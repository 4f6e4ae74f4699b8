import type { ServiceView } from "@/server/contract/service-view";

export type CacheMove = Readonly<{ from: string; to: string; reason: string }>;

/**
 * The two claims of a service between which it stands: what its pods mount now,
 * and where its weights should come from. Null when they agree or nothing runs.
 */
export function toCacheMove(service: ServiceView): CacheMove | null {
  const { declaredClaim, effectiveClaim, mountedClaims } = service.cache;
  const wanted = effectiveClaim ?? declaredClaim;
  const other = mountedClaims.find((claim) => claim !== wanted);
  if (wanted === null || other === undefined) return null;
  const because = service.findings.find(({ code }) => MOVE_CODES.has(code))?.message;
  return {
    from: other,
    to: wanted,
    reason: `Pods mount ${other}; the service is to use ${wanted}. ${because ?? ""}`.trim(),
  };
}

const MOVE_CODES = new Set<string>(["ClaimDrift", "ModelCachePVCNotFound", "NotHealed"]);
