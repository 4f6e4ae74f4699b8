import type { Check, Verdict } from "@/server/contract/preflight";
import { sizeText } from "../claim-size";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { seen } from "../findings/finding";
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

/** Whether the model fits. How full a claim is, nothing has measured: then the answer is unknown, never a guess. */
export function checkSpace(after: ServiceFacts, claimFacts: ClaimFacts | null): Check {
  if (claimFacts === null) {
    return buildCheck("Space", ["unknown", "Could not check: the claim is not there to look at."]);
  }
  const { claim, surroundings } = claimFacts;
  const text = sizeText(claim);
  return buildCheck("Space", spaceVerdict(after, claimFacts, parseQuantity(text)), [
    seen(surroundings, {
      kind: "PersistentVolumeClaim",
      object: claim,
      field: claim.status?.capacity === undefined ? "spec.resources.requests" : "status.capacity",
      value: text === "" ? "not set" : text,
    }),
  ]);
}

function spaceVerdict(
  after: ServiceFacts,
  claimFacts: ClaimFacts,
  capacity: number | null,
): readonly [Verdict, string] {
  const { held, because } = heldOn(after, claimFacts);
  if (held === true) {
    return ["pass", `It holds this model already; nothing is downloaded. ${because ?? ""}`];
  }
  const needs = modelBytes(after);
  if (needs === null) {
    return ["unknown", "Could not check the space: the size of the model is not known."];
  }
  if (capacity === null) {
    return ["unknown", "Could not check the space: the claim does not say how large it is."];
  }
  const sizes = `the model needs ${formatBytes(needs)}, the claim has ${formatBytes(capacity)} in all`;
  if (needs > capacity) return ["block", `It is too small: ${sizes}.`];
  return isNew(claimFacts)
    ? ["pass", `It is new and empty: ${sizes}.`]
    : ["unknown", `Nothing has measured how full it is: ${sizes}.`];
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
