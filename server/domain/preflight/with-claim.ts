import type { ServiceFacts } from "../facts";
import type { InferenceService } from "../objects";

/** What a change would make the spec say. */
export type ClaimChange = {
  /** null removes the claim. */
  readonly claimName: string | null;
  /** null leaves it as it is. */
  readonly persistence: "Cached" | "Ephemeral" | null;
};

/** The facts as they would be once the spec said so and nothing else had happened yet: the same rules run on them. Never mutates its input. */
export function withClaim(facts: ServiceFacts, change: ClaimChange): ServiceFacts {
  return { ...facts, service: setClaim(facts.service, change) };
}

/** The service with the change in its spec; an emptied `modelCache` is left out. */
export function setClaim(service: InferenceService, change: ClaimChange): InferenceService {
  const { modelCache, ...spec } = service.spec;
  const persistence = change.persistence ?? modelCache?.persistence;
  const cache = {
    ...(persistence === undefined ? {} : { persistence }),
    ...(change.claimName === null ? {} : { claimName: change.claimName }),
  };
  const changed = Object.keys(cache).length === 0 ? spec : { ...spec, modelCache: cache };
  return { ...service, spec: changed };
}
