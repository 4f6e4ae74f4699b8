import type { ClaimFacts, ServiceFacts, Surroundings } from "@/server/domain/facts";
import type { AnyObject, Plural } from "@/server/domain/objects";
import { DEFAULT_OPERATOR_SETTINGS } from "@/server/domain/operator-settings";
import {
  aClaim,
  aDeployment,
  aModel,
  aNamespace,
  anInferenceService,
  aNode,
  aPod,
  aStorageClass,
  aVolume,
} from "./builders";

export const NOW = "2026-03-01T12:00:00Z";
export const SEEN_AT = "2026-03-01T11:59:58Z";

/** What surrounds every fact: everything visible, node `gpu-1`, LLMKube's defaults, no built-in operator. */
export function aSurroundings(overrides: Partial<Surroundings> = {}): Surroundings {
  return {
    now: NOW,
    invisible: new Set<Plural>(),
    observedAt: (object: AnyObject) => (object.metadata.resourceVersion === "" ? null : SEEN_AT),
    settings: DEFAULT_OPERATOR_SETTINGS,
    builtinOperator: false,
    nodes: [aNode()],
    podsOn: () => [],
    storageClasses: [aStorageClass()],
    volumesOfClass: () => [],
    ...overrides,
  };
}

/** Surroundings in which these kinds may not be listed. */
export function invisible(...plurals: readonly Plural[]): Surroundings {
  const unseen = new Set(plurals);
  return aSurroundings({
    invisible: unseen,
    ...(unseen.has("pods") ? { podsOn: null } : {}),
  });
}

/** The bound claim `models-nvme-a` with its volume and class, used by nobody. */
export function aClaimFacts(overrides: Partial<ClaimFacts> = {}): ClaimFacts {
  return {
    claim: aClaim(),
    volume: aVolume(),
    storageClass: aStorageClass(),
    pods: [],
    jobs: [],
    scan: null,
    uses: [],
    held: [],
    diskNeighbours: [],
    provisionerPod: null,
    events: [],
    surroundings: aSurroundings(),
    ...overrides,
  };
}

/** The healthy service `ml/llama` of the builders, with its pod, Deployment and claim. */
export function aServiceFacts(overrides: Partial<ServiceFacts> = {}): ServiceFacts {
  const surroundings = overrides.surroundings ?? aSurroundings();
  return {
    service: anInferenceService(),
    model: aModel(),
    draftModel: null,
    deployment: aDeployment(),
    pods: [aPod()],
    claims: new Map([["models-nvme-a", aClaimFacts({ surroundings })]]),
    events: [],
    likeModels: [],
    writes: [],
    downloads: new Map(),
    attachment: null,
    policy: { namespace: aNamespace(), quotas: [], limitRanges: [] },
    surroundings,
    ...overrides,
  };
}
