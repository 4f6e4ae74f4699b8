import { claimNameOf, declaredClaim, SHARED_CLAIM } from "./claim-selection";
import type { InferenceService } from "./objects";
import type { OperatorSettings } from "./operator-settings";
import { parseQuantity } from "./quantity";
import { ownerReference } from "./service-labels";

const LABELS = {
  "app.kubernetes.io/name": "llmkube",
  "app.kubernetes.io/component": "model-cache",
  "app.kubernetes.io/managed-by": "llmkube-controller",
};

export type OperatorClaim = {
  readonly apiVersion: "v1";
  readonly kind: "PersistentVolumeClaim";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: typeof LABELS;
    readonly ownerReferences?: readonly ReturnType<typeof ownerReference>[];
  };
  readonly spec: {
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
    readonly storageClassName?: string;
  };
};

export type OperatorClaimPlan =
  | { readonly kind: "claim"; readonly claim: OperatorClaim }
  /** The claim is the user's: it is never made for them. */
  | { readonly kind: "userOwned"; readonly name: string }
  | { readonly kind: "fault"; readonly message: string };

/** The claim that the operator makes for the service when it is missing. Never one that the user named. */
export function planOperatorClaim(
  service: InferenceService,
  settings: OperatorSettings,
): OperatorClaimPlan {
  const declared = declaredClaim(service);
  if (declared !== null) return { kind: "userOwned", name: declared };
  const { namespace } = service.metadata;
  if (settings.cacheMode === "shared") return planSharedClaim(namespace, settings);
  const name = claimNameOf(service, settings);
  return buildClaim(settings, {
    metadata: { name, namespace, labels: LABELS, ownerReferences: [ownerReference(service)] },
    accessMode: "ReadWriteOnce",
  });
}

/** The claim that services of the namespace share; nobody owns it, so it outlives them all. */
export function planSharedClaim(
  namespace: string,
  settings: OperatorSettings,
): Exclude<OperatorClaimPlan, { kind: "userOwned" }> {
  return buildClaim(settings, {
    metadata: { name: SHARED_CLAIM, namespace, labels: LABELS },
    accessMode: settings.cacheAccessMode,
  });
}

function buildClaim(
  settings: OperatorSettings,
  wish: { readonly metadata: OperatorClaim["metadata"]; readonly accessMode: string },
): Exclude<OperatorClaimPlan, { kind: "userOwned" }> {
  const size = parseQuantity(settings.cacheSize);
  if (size === null || size <= 0) {
    return { kind: "fault", message: `the cache size "${settings.cacheSize}" is not a quantity` };
  }
  const claim: OperatorClaim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: wish.metadata,
    spec: {
      accessModes: [wish.accessMode],
      resources: { requests: { storage: settings.cacheSize } },
      ...(settings.cacheStorageClass === ""
        ? {}
        : { storageClassName: settings.cacheStorageClass }),
    },
  };
  return { kind: "claim", claim };
}

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Whether a claim of that name can exist at all; the schema of the service lets other names through. */
export function isClaimName(name: string): boolean {
  return name.length <= 253 && DNS_SUBDOMAIN.test(name);
}
