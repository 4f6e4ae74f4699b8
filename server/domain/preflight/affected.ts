import type { Affected } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts, ServiceUse } from "../facts";
import type { Pod } from "../objects";
import { SERVICE_LABEL } from "../service-labels";
import { isVisible, servingClaimFacts } from "../service-state";
import { nodeDiskOf } from "../space";

/** More than anybody reads; the sentence of the impact counts them all. */
const MOST = 50;

/** Who else has to do with the claim that the service would use: other services, and pods of none. */
export function affectedBy(after: ServiceFacts): Affected[] {
  const claimFacts = servingClaimFacts(after);
  if (claimFacts === null) return [];
  return [
    ...otherServices(after, claimFacts).map(toAffectedService),
    ...strangers(claimFacts).map(toAffectedPod),
    ...diskSharers(claimFacts),
  ].slice(0, MOST);
}

/** Claims on the same disk of a node: what one takes, the others lose. Those of other namespaces are not told by name. */
function diskSharers(claimFacts: ClaimFacts): Affected[] {
  const disk = nodeDiskOf(claimFacts);
  const { namespace } = claimFacts.claim.metadata;
  return (disk?.neighbours ?? []).map(({ claim }) => ({
    kind: "PersistentVolumeClaim",
    namespace,
    name: claim,
    message: `Lies on the same disk of node ${disk?.nodeName ?? ""}, and loses the space that is taken here.`,
  }));
}

/** The other services that have to do with the claim, each once, by name. */
export function otherServices(
  { service }: ServiceFacts,
  { uses }: ClaimFacts,
): readonly ServiceUse["service"][] {
  const others = uses
    .map((use) => use.service)
    .filter(({ metadata }) => metadata.uid !== service.metadata.uid);
  const byUid = new Map(others.map((other) => [other.metadata.uid, other]));
  return [...byUid.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Names of the other services that have to do with the claim; null where they cannot all be seen. */
export function otherUsers(facts: ServiceFacts, claimFacts: ClaimFacts | null): string[] | null {
  const kinds = ["inferenceservices", "deployments", "pods"] as const;
  const blind = kinds.some((kind) => !isVisible(facts.surroundings, kind));
  if (blind || claimFacts === null) return null;
  return otherServices(facts, claimFacts).map(({ metadata }) => metadata.name);
}

/** Pods of no service that mount the claim. */
export function strangers({ pods }: ClaimFacts): Pod[] {
  return pods.filter(({ metadata }) => (metadata.labels?.[SERVICE_LABEL] ?? "") === "");
}

function toAffectedService({ metadata: { namespace, name } }: ServiceUse["service"]): Affected {
  const message = "Uses the same claim, and shares its space.";
  return { kind: "InferenceService", namespace, name, message };
}

function toAffectedPod({ metadata: { namespace, name } }: Pod): Affected {
  const message = "Mounts the same claim, and shares its space.";
  return { kind: "Pod", namespace, name, message };
}
