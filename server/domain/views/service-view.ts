import type { Finding, Severity } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";
import { effectiveKey, isStaleKey } from "../cache-key";
import { declaredClaim, runtimeOf } from "../claim-selection";
import type { ServiceFacts } from "../facts";
import { claimFieldOwners, mainOwner } from "../field-owner";
import { compareSeverity, serviceFindings } from "../findings/find";
import { parseHumanSize } from "../quantity";
import {
  desiredReplicas,
  isVisible,
  mountedClaims,
  nodeNamesOf,
  planOf,
  readyReplicas,
  rolledOutClaim,
  servingClaim,
} from "../service-state";
import { displaySource, plain } from "../wording";
import { buildDownload } from "./service-download";

const WORD_LIMIT = 60;

/** The service's row: the same for list, detail, stream and metrics. Equal facts give an equal row. */
export function buildServiceView(facts: ServiceFacts): ServiceView {
  const { service, attachment } = facts;
  const { namespace, name, uid, creationTimestamp } = service.metadata;
  const findings = serviceFindings(facts);
  return {
    namespace,
    name,
    uid,
    createdAt: creationTimestamp,
    modelRef: plain(service.spec.modelRef),
    runtime: plain(runtimeOf(service), WORD_LIMIT),
    phase: shown(service.status?.phase, WORD_LIMIT),
    model: buildModelSummary(facts),
    cache: buildCacheSummary(facts),
    download: buildDownload(facts),
    replicas: { desired: desiredReplicas(facts), ready: readyReplicas(facts) },
    nodeNames: nodeNamesOf(facts),
    storageClass: storageClassOf(facts),
    severity: severityOf(facts, findings),
    findings,
    attachment: attachment === null ? null : { id: attachment.id, state: attachment.state },
  };
}

/** What the spec and the status of a custom kind say need not be what such a field is meant for. */
function shown(text: string | null | undefined, limit?: number): string | null {
  return text === null || text === undefined ? null : plain(text, limit);
}

function buildModelSummary({ model }: ServiceFacts): ServiceView["model"] {
  if (model === null) return null;
  return {
    source: plain(displaySource(model.spec.source), 1000),
    format: shown(model.spec.format, WORD_LIMIT),
    sizeBytes: parseHumanSize(model.status?.size ?? ""),
    phase: shown(model.status?.phase, WORD_LIMIT),
    cacheKey: effectiveKey(model),
    staleCacheKey: isStaleKey(model),
  };
}

function buildCacheSummary(facts: ServiceFacts): ServiceView["cache"] {
  const { service } = facts;
  const plan = planOf(facts);
  return {
    kind: plan.kind,
    declaredClaim: shown(declaredClaim(service)),
    effectiveClaim: shown(servingClaim(facts)),
    rolledOutClaim: rolledOutClaim(facts),
    mountedClaims: mountedClaims(facts),
    persistence: service.spec.modelCache?.persistence ?? null,
    fieldOwner: mainOwner(claimFieldOwners(service.metadata.managedFields)),
  };
}

function storageClassOf(facts: ServiceFacts): string | null {
  const name = servingClaim(facts);
  const claim = name === null ? null : (facts.claims.get(name)?.claim ?? null);
  return claim?.spec?.storageClassName ?? null;
}

/** The worst finding's; without an error or warning it is unknown as soon as something that could hold one may not be seen. */
function severityOf(facts: ServiceFacts, findings: readonly Finding[]): Severity {
  const { surroundings } = facts;
  const worst = findings[0]?.severity ?? "ok";
  const looksAtClaim = declaredClaim(facts.service) !== null || servingClaim(facts) !== null;
  const blind =
    !isVisible(surroundings, "models") ||
    !isVisible(surroundings, "pods") ||
    (looksAtClaim && !isVisible(surroundings, "persistentvolumeclaims"));
  return blind && compareSeverity(worst, "info") >= 0 ? "unknown" : worst;
}
