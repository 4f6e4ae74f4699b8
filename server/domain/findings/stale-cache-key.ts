import type { Finding } from "@/server/contract/finding";
import { computeCacheKey, isStaleKey } from "../cache-key";
import type { ServiceFacts } from "../facts";
import type { Model } from "../objects";
import { planOf } from "../service-state";
import { displaySource, quote } from "../wording";
import { buildFinding, seen } from "./finding";

const CACHED_KINDS = new Set(["UserOwned", "Shared", "PerService"]);

/** The Model's source was edited after its key was recorded: pods keep the old key's directory, and may keep serving the old weights. */
export function staleCacheKey(facts: ServiceFacts): Finding | null {
  if (!CACHED_KINDS.has(planOf(facts).kind)) return null;
  const model = [facts.model, facts.draftModel].find(
    (candidate): candidate is Model => candidate !== null && isStaleKey(candidate),
  );
  if (model === undefined) return null;
  const { surroundings } = facts;
  const recorded = model.status?.cacheKey ?? "";
  const name = quote(model.metadata.name);
  return buildFinding({
    code: "StaleCacheKey",
    severity: "warning",
    message: `The source of Model ${name} was changed, but its cache key is still that of the old source: pods use directory ${recorded}, where the old weights stay in use if they are there.`,
    nextStep: `Create a new Model for the new source and refer to it, or delete and re-create ${name}: then the key becomes ${computeCacheKey(model.spec.source)}.`,
    evidence: [
      seen(surroundings, {
        kind: "Model",
        object: model,
        field: "spec.source",
        value: displaySource(model.spec.source),
      }),
      seen(surroundings, {
        kind: "Model",
        object: model,
        field: "status.cacheKey",
        value: recorded,
      }),
    ],
  });
}
