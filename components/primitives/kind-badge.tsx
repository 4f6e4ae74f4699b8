import type { ClaimOwnership } from "@/server/contract/claim-view";
import type { CacheKind } from "@/server/contract/service-view";

export const cacheKindWords = {
  UserOwned: "yours",
  Shared: "shared",
  PerService: "per service",
  Ephemeral: "ephemeral",
  PreStaged: "pre-staged",
  None: "none",
  Unknown: "unknown",
} as const satisfies Record<CacheKind, string>;

const KIND_HINTS = {
  UserOwned: "A claim of yours, named by spec.modelCache.claimName. Mooring only reads it.",
  Shared: "The operator's shared cache claim of this namespace.",
  PerService: "A claim the operator made for this service alone.",
  Ephemeral: "No claim: the model is downloaded again at every restart.",
  PreStaged: "The model is served in place from the claim its pvc:// source names.",
  None: "No cache is used.",
  Unknown: "Could not be told from what this identity may read.",
} as const satisfies Record<CacheKind, string>;

export const ownershipWords = {
  User: "yours",
  OperatorShared: "shared",
  OperatorPerService: "per service",
  Other: "other",
} as const satisfies Record<ClaimOwnership, string>;

const OWNERSHIP_HINTS = {
  User: "User-owned: Mooring and the operator only read it.",
  OperatorShared: "The operator's shared cache of this namespace.",
  OperatorPerService: "Made by the operator for one service.",
  Other: "No model cache as far as its labels and users say.",
} as const satisfies Record<ClaimOwnership, string>;

/** Whose cache a service uses. */
export function KindBadge({ kind }: Readonly<{ kind: CacheKind }>) {
  return (
    <span className="badge" data-kind={kind} title={KIND_HINTS[kind]}>
      {cacheKindWords[kind]}
    </span>
  );
}

/** Whose claim it is. */
export function OwnershipBadge({ ownership }: Readonly<{ ownership: ClaimOwnership }>) {
  return (
    <span className="badge" data-kind={ownership} title={OWNERSHIP_HINTS[ownership]}>
      {ownershipWords[ownership]}
    </span>
  );
}
