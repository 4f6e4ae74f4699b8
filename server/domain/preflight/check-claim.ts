import type { Check, Verdict } from "@/server/contract/preflight";
import { sizeBytesOf } from "../claim-size";
import { claimNameOf } from "../claim-selection";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { isPossibleClaimName } from "../findings/claim-yaml";
import { claimLost } from "../findings/claim-lost";
import { claimPending } from "../findings/claim-pending";
import { claimTerminating } from "../findings/claim-terminating";
import { absent, seen } from "../findings/finding";
import { modelCacheClaimIgnored } from "../findings/model-cache-claim-ignored";
import { mayBeOff } from "../findings/operator-settings-unknown";
import { unbindableModelCache } from "../findings/unbindable-model-cache";
import { provisionerStuck } from "../findings/provisioner-stuck";
import type { OperatorSettings } from "../operator-settings";
import { isMissing, isVisible, planOf, settingsFor } from "../service-state";
import { formatBytes, quote } from "../wording";
import { buildCheck } from "./verdict";

/** Whether the claim is there. Without a claim asked for: what the operator will use in its place. */
export function checkClaimExists(after: ServiceFacts, claimName: string | null): Check {
  if (claimName === null) return buildCheck("ClaimExists", withoutClaim(after));
  const { namespace } = after.service.metadata;
  const evidence = [absent({ kind: "PersistentVolumeClaim", namespace, name: claimName })];
  const name = quote(claimName);
  if (!isPossibleClaimName(claimName)) {
    return buildCheck("ClaimExists", ["block", `No claim can have the name ${name}.`], evidence);
  }
  if (isMissing(after, claimName)) {
    const message = `Claim ${name} does not exist in namespace ${namespace}.`;
    return buildCheck("ClaimExists", ["block", message], evidence);
  }
  const claimFacts = after.claims.get(claimName);
  if (claimFacts === undefined || claimFacts === null) {
    const message = `Could not check whether claim ${name} exists: claims may not be listed here.`;
    return buildCheck("ClaimExists", ["unknown", message]);
  }
  const message = `Claim ${name} exists, ${describeClaim(claimFacts)}.`;
  return buildCheck("ClaimExists", ["pass", message], [phaseEvidence(claimFacts)]);
}

function withoutClaim(after: ServiceFacts): readonly [Verdict, string] {
  const { kind } = planOf(after);
  if (kind === "Unknown") {
    const why =
      after.model === null ? "the Model is not there" : "the operator's settings could not be read";
    return ["unknown", `Could not tell where the weights will go: ${why}.`];
  }
  if (kind === "Ephemeral") return ["pass", "Weights will go to scratch space of the node."];
  if (kind === "None" || kind === "PreStaged") return ["pass", "No cache claim is needed."];
  const settings = settingsFor(after);
  const name = claimNameOf(after.service, settings);
  const exists = after.claims.get(name);
  const made = isMissing(after, name)
    ? `which the operator will create${madeAs(settings)}`
    : "which exists";
  const state = exists === undefined ? "which the operator creates if it is missing" : made;
  return ["pass", `The operator's cache ${quote(name)} will be used, ${state}.`];
}

/** What the operator's flags say of a claim it makes. */
function madeAs({ cacheSize, cacheStorageClass, unknown }: OperatorSettings): string {
  const size = unknown.includes("cacheSize") ? "of unknown size" : `with ${cacheSize}`;
  if (unknown.includes("cacheStorageClass")) return ` ${size}, of an unknown class`;
  const named =
    cacheStorageClass === "" ? "the default class" : `class ${quote(cacheStorageClass)}`;
  return ` ${size}, of ${named}`;
}

function describeClaim({ claim }: ClaimFacts): string {
  const bytes = sizeBytesOf(claim);
  const phase = (claim.status?.phase ?? "Pending").toLowerCase();
  return bytes === null ? phase : `${formatBytes(bytes)}, ${phase}`;
}

function phaseEvidence({ claim, surroundings }: ClaimFacts) {
  return seen(surroundings, {
    kind: "PersistentVolumeClaim",
    object: claim,
    field: "status.phase",
    value: claim.status?.phase ?? "not set",
  });
}

/** Whether the claim's state lets a pod write a model to it. */
export function checkClaimUsable(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (claimFacts === null) {
    return buildCheck("ClaimUsable", [
      "unknown",
      "Could not check: the claim is not there to look at.",
    ]);
  }
  const finding =
    claimTerminating(claimFacts) ?? claimLost(claimFacts) ?? unbindableModelCache(claimFacts);
  if (finding !== null) {
    return buildCheck("ClaimUsable", ["block", finding.message], finding.evidence);
  }
  return (
    unusableMode(claimFacts) ?? ownedByAnother(after, claimFacts) ?? pendingOrBound(claimFacts)
  );
}

function unusableMode({ claim, surroundings }: ClaimFacts): Check | null {
  const name = quote(claim.metadata.name);
  const modes = claim.spec?.accessModes ?? [];
  const fact = (field: string, value: string) => [
    seen(surroundings, { kind: "PersistentVolumeClaim", object: claim, field, value }),
  ];
  if (claim.spec?.volumeMode === "Block") {
    const message = `Claim ${name} is a raw block volume, not a file system.`;
    return buildCheck("ClaimUsable", ["block", message], fact("spec.volumeMode", "Block"));
  }
  if (modes.length > 0 && modes.every((mode) => mode === "ReadOnlyMany")) {
    const message = `Claim ${name} can only be read, but a cache must be written.`;
    return buildCheck(
      "ClaimUsable",
      ["block", message],
      fact("spec.accessModes", modes.join(", ")),
    );
  }
  return null;
}

/** A claim the operator made for one service goes when that service goes. */
function ownedByAnother(
  { service }: ServiceFacts,
  { claim, surroundings }: ClaimFacts,
): Check | null {
  const owner = claim.metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (owner?.kind !== "InferenceService" || owner.uid === service.metadata.uid) return null;
  const message = `Claim ${quote(claim.metadata.name)} was made for service ${quote(owner.name)} and is deleted together with it.`;
  return buildCheck(
    "ClaimUsable",
    ["warn", message],
    [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "metadata.ownerReferences",
        value: `${owner.kind}/${owner.name}`,
      }),
    ],
  );
}

const PENDING_VERDICT = { error: "block", warning: "warn", info: "pass" } as const;

function pendingOrBound(claimFacts: ClaimFacts): Check {
  const pending = provisionerStuck(claimFacts) ?? claimPending(claimFacts);
  if (pending === null) {
    return buildCheck("ClaimUsable", ["pass", "It is bound, a file system, and can be written."]);
  }
  const verdict =
    pending.severity in PENDING_VERDICT
      ? PENDING_VERDICT[pending.severity as keyof typeof PENDING_VERDICT]
      : "unknown";
  return buildCheck("ClaimUsable", [verdict, pending.message], pending.evidence);
}

/** Whether the service's weights will really go there. Ephemeral persistence blocks: the API server refuses the two together. */
export function checkClaimWillBeUsed(after: ServiceFacts, claimName: string | null): Check {
  const { model, service, surroundings } = after;
  if (claimName === null) {
    return buildCheck("ClaimWillBeUsed", ["pass", "No claim is declared, so none can be ignored."]);
  }
  if (model === null) {
    const why = isVisible(surroundings, "models")
      ? `Model ${quote(service.spec.modelRef)} does not exist`
      : "Models may not be listed here";
    return buildCheck("ClaimWillBeUsed", [
      "unknown",
      `Could not tell whether it will be used: ${why}.`,
    ]);
  }
  if (planOf(after).ignored?.cause === "Ephemeral") {
    const message =
      "The service asks for Ephemeral persistence, which takes no claim: set persistence to Cached with it.";
    return buildCheck("ClaimWillBeUsed", ["block", message]);
  }
  return ignoredOrUsed(after, claimName);
}

function ignoredOrUsed(after: ServiceFacts, claimName: string): Check {
  const finding = modelCacheClaimIgnored(after);
  if (finding !== null) {
    return buildCheck("ClaimWillBeUsed", ["warn", finding.message], finding.evidence);
  }
  if (planOf(after).ignored !== null) {
    const message =
      "Could not tell yet: the Model is not Ready and has no cache key, without which the claim is not used.";
    return buildCheck("ClaimWillBeUsed", ["unknown", message]);
  }
  if (mayBeOff(after)) {
    const message =
      "Could not tell whether it will be used: the operator's settings could not be read, and they may switch caching off.";
    return buildCheck("ClaimWillBeUsed", ["unknown", message]);
  }
  return buildCheck("ClaimWillBeUsed", [
    "pass",
    `The weights will be kept on ${quote(claimName)}.`,
  ]);
}
