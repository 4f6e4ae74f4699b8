import type { ClaimOwnership, ClaimView } from "@/server/contract/claim-view";
import { SHARED_CLAIM } from "../claim-selection";
import type { ClaimFacts } from "../facts";
import { claimFindings } from "../findings/find";
import type { Pod } from "../objects";
import { parseQuantity } from "../quantity";
import { hostNamesOf, nodesOfVolume } from "../scheduling-selector";
import { isVisible } from "../service-state";
import { volumeSource } from "./volume-source";

const SERVICE_LABEL = "inference.llmkube.dev/service";

/** The claim's row. Equal facts give an equal row. */
export function buildClaimView(facts: ClaimFacts): ClaimView {
  const { claim, volume } = facts;
  const { namespace, name, uid, creationTimestamp, deletionTimestamp } = claim.metadata;
  const findings = claimFindings(facts);
  return {
    namespace,
    name,
    uid,
    createdAt: creationTimestamp,
    phase: claim.status?.phase ?? "Pending",
    terminating: deletionTimestamp !== undefined,
    ...sizesOf(facts),
    accessModes: [...(claim.spec?.accessModes ?? [])],
    volumeMode: claim.spec?.volumeMode ?? "Filesystem",
    storageClass: classOf(facts),
    volumeName: claim.spec?.volumeName ?? null,
    volumeKind: volume === null ? null : volumeSource(volume).kind,
    nodeNames: nodeNamesOfClaim(facts),
    ownership: ownershipOf(facts),
    usage: null,
    usedBy: usersOf(facts),
    models: sorted(facts.uses.flatMap(({ model }) => model?.metadata.name ?? [])),
    severity: severityOf(facts, findings),
    findings,
  };
}

function sizesOf({ claim }: ClaimFacts): Pick<ClaimView, "requestedBytes" | "capacityBytes"> {
  return {
    requestedBytes: parseQuantity(claim.spec?.resources?.requests?.["storage"] ?? ""),
    capacityBytes: parseQuantity(claim.status?.capacity?.["storage"] ?? ""),
  };
}

function classOf({ claim, storageClass }: ClaimFacts): ClaimView["storageClass"] {
  const name = claim.spec?.storageClassName ?? "";
  if (name === "") return null;
  if (storageClass === null) {
    return { name, provisioner: null, bindingMode: null, reclaimPolicy: null, expandable: null };
  }
  return {
    name,
    provisioner: storageClass.provisioner,
    bindingMode: storageClass.volumeBindingMode ?? "Immediate",
    reclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
    expandable: storageClass.allowVolumeExpansion ?? false,
  };
}

/** Nodes that can reach the claim's volume, sorted; null when it is not limited to some, or that is not known yet. */
export function nodeNamesOfClaim({ volume, surroundings }: ClaimFacts): string[] | null {
  if (volume === null) return null;
  if (!isVisible(surroundings, "nodes")) {
    const named = hostNamesOf(volume).filter((host) => host.trim() !== "");
    return named.length === 0 ? null : sorted(named);
  }
  const nodes = nodesOfVolume(volume, surroundings.nodes);
  return nodes === null ? null : sorted(nodes.map((node) => node.metadata.name));
}

/** Whose claim it is: the operator's own two kinds by its marks; another controller's, or one only other workloads mount, is none of ours. */
export function ownershipOf({ claim, uses, pods }: ClaimFacts): ClaimOwnership {
  const { name, ownerReferences = [] } = claim.metadata;
  const controller = ownerReferences.find((reference) => reference.controller === true);
  if (controller?.kind === "InferenceService") return "OperatorPerService";
  if (name === SHARED_CLAIM && controller === undefined) return "OperatorShared";
  if (uses.length > 0) return "User";
  const ofOthers = pods.some((pod) => !isServicePod(pod));
  return controller !== undefined || ofOthers ? "Other" : "User";
}

function isServicePod(pod: Pod): boolean {
  return pod.metadata.labels?.[SERVICE_LABEL] !== undefined;
}

function usersOf({ uses, pods }: ClaimFacts): ClaimView["usedBy"] {
  const ofService = pods.filter(isServicePod);
  const others = pods.filter((pod) => !ofService.includes(pod));
  const services = uses.map(({ service, how }) => ({
    namespace: service.metadata.namespace,
    name: service.metadata.name,
    how,
  }));
  return {
    services: services.sort((a, b) => compare(`${a.name} ${a.how}`, `${b.name} ${b.how}`)),
    pods: sorted(ofService.map((pod) => pod.metadata.name)),
    otherPods: sorted(others.map((pod) => pod.metadata.name)),
  };
}

/** A bound claim whose volume may not be seen could be pinned, or never provisioned. */
function severityOf(facts: ClaimFacts, findings: ClaimView["findings"]): ClaimView["severity"] {
  const worst = findings[0]?.severity;
  if (worst !== undefined) return worst;
  const bound = facts.claim.status?.phase === "Bound";
  return bound && !isVisible(facts.surroundings, "persistentvolumes") ? "unknown" : "ok";
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compare);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
