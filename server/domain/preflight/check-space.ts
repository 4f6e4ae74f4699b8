import type { Severity } from "@/server/contract/finding";
import type { Check, Verdict } from "@/server/contract/preflight";
import { sizeBytesOf, sizeText } from "../claim-size";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { claimSpaceTightForService, claimTooSmall } from "../findings/claim-space";
import { seen } from "../findings/finding";
import { localDiskOf } from "../local-disk";
import type { Model } from "../objects";
import { parseHumanSize, parseQuantity } from "../quantity";
import { isMissing, planOf, settingsFor } from "../service-state";
import { formatBytes } from "../wording";
import { heldOn, isNew } from "./held";
import { buildCheck } from "./verdict";

/** Bytes of these Models together; null unless all are known. */
export function bytesOf(models: readonly Model[]): number | null {
  const sizes = models.map(({ status }) => parseHumanSize(status?.size ?? ""));
  return sizes.reduce((sum, size) => (sum === null || size === null ? null : sum + size), 0);
}

/** Bytes the service brings: its Model's and its draft's; null unless known. */
export function modelBytes({ model, draftModel }: ServiceFacts): number | null {
  const target = parseHumanSize(model?.status?.size ?? "");
  const draft = draftModel === null ? 0 : parseHumanSize(draftModel.status?.size ?? "");
  return target === null || draft === null ? null : target + draft;
}

/** Whether the model fits, by the findings about space. How full a claim is, nothing has measured: then the answer is unknown, never a guess. */
export function checkSpace(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (claimFacts === null) {
    return buildCheck("Space", ["unknown", "Could not check: the claim is not there to look at."]);
  }
  const { held, because, missing } = heldOn(after, claimFacts);
  if (held === true) {
    const message = `It holds this model already; nothing is downloaded. ${because ?? ""}`;
    return buildCheck("Space", ["pass", message], [capacityEvidence(claimFacts)]);
  }
  const finding = claimTooSmall(after) ?? claimSpaceTightForService(after);
  if (finding !== null) {
    const verdict = SPACE_VERDICTS[finding.severity];
    return buildCheck("Space", [verdict, finding.message], finding.evidence);
  }
  return buildCheck("Space", spaceVerdict(after, claimFacts, missing), [
    capacityEvidence(claimFacts),
  ]);
}

/** A claim that nothing holds to its size may have room all the same. */
const SPACE_VERDICTS: Readonly<Record<Severity, Verdict>> = {
  error: "block",
  warning: "warn",
  info: "unknown",
  unknown: "unknown",
  ok: "pass",
};

function capacityEvidence({ claim, surroundings }: ClaimFacts) {
  const text = sizeText(claim);
  return seen(surroundings, {
    kind: "PersistentVolumeClaim",
    object: claim,
    field: claim.status?.capacity === undefined ? "spec.resources.requests" : "status.capacity",
    value: text === "" ? "not set" : text,
  });
}

function spaceVerdict(
  after: ServiceFacts,
  claimFacts: ClaimFacts,
  missing: readonly Model[],
): readonly [Verdict, string] {
  const needs = missing.length === 0 ? modelBytes(after) : bytesOf(missing);
  const capacity = sizeBytesOf(claimFacts.claim);
  if (needs === null) {
    return ["unknown", "Could not check the space: the size of the model is not known."];
  }
  if (capacity === null) {
    return ["unknown", "Could not check the space: the claim does not say how large it is."];
  }
  const sizes = `the model needs ${formatBytes(needs)}, the claim has ${formatBytes(capacity)} in all`;
  if (isNew(claimFacts)) return ["pass", `It is new and empty: ${sizes}.`];
  const disk = claimFacts.volume === null ? null : localDiskOf(claimFacts.volume);
  const where =
    disk === null ? "" : ` It is a directory of the disk of node ${disk.node}, whoever fills it.`;
  return ["unknown", `Nothing has measured how full it is: ${sizes}.${where}`];
}

/** Whether the model fits on the claim that the operator would make; passes where it makes none or the sizes are not known. */
export function checkSpaceOfNew(after: ServiceFacts): Check {
  const { kind, effectiveClaim } = planOf(after);
  const made = kind === "Shared" || kind === "PerService";
  if (!made || effectiveClaim === null || !isMissing(after, effectiveClaim)) {
    return buildCheck("Space", ["pass", "There is no claim to look at."]);
  }
  const settings = settingsFor(after);
  if (settings.unknown.includes("cacheSize")) {
    const message =
      "Could not check: how large a claim the operator makes is one of its settings, which could not be read.";
    return buildCheck("Space", ["unknown", message]);
  }
  const [needs, capacity] = [modelBytes(after), parseQuantity(settings.cacheSize)];
  if (needs === null || capacity === null) {
    return buildCheck("Space", ["pass", `The operator makes a claim of ${settings.cacheSize}.`]);
  }
  const sizes = `the model needs ${formatBytes(needs)}, the operator makes a claim of ${formatBytes(capacity)}`;
  return needs > capacity
    ? buildCheck("Space", ["block", `It will be too small: ${sizes}.`])
    : buildCheck("Space", ["pass", `It will be new and empty: ${sizes}.`]);
}
