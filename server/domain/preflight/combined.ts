import type { Check, Verdict } from "@/server/contract/preflight";
import { effectiveKey } from "../cache-key";
import { sizeText } from "../claim-size";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { exclusiveMode } from "../findings/claim-in-use-on-other-node";
import { seen } from "../findings/finding";
import type { Model } from "../objects";
import { isSizeEnforced } from "../local-disk";
import { parseQuantity } from "../quantity";
import { desiredReplicas } from "../service-state";
import { count, formatBytes, listNames } from "../wording";
import { feasibleNodeNames } from "./check-nodes";
import { bytesOf } from "./check-space";
import { combinedQuota } from "./combined-quota";
import { heldOn, isNew } from "./held";
import { buildCheck } from "./verdict";

type Answer = readonly [Verdict, string];

/** One service before and after it uses the claim. */
export type Joining = { readonly before: ServiceFacts; readonly after: ServiceFacts };

/** What only holds once all the services use one claim; always the same checks in the same order. */
export function combinedChecks(joining: readonly Joining[], claimName: string): Check[] {
  const all = joining.map(({ after }) => after);
  return [...claimChecks(all, claimName), combinedQuota(joining)];
}

function claimChecks(all: readonly ServiceFacts[], claimName: string): Check[] {
  const claimFacts = all[0]?.claims.get(claimName) ?? null;
  if (claimFacts === null) {
    const answer: Answer = ["unknown", "Could not check: the claim is not there to look at."];
    return [
      buildCheck("AccessMode", answer),
      buildCheck("Space", answer),
      buildCheck("SharedUse", answer),
    ];
  }
  const evidence = (field: string, value: string) => [
    seen(claimFacts.surroundings, {
      kind: "PersistentVolumeClaim",
      object: claimFacts.claim,
      field,
      value,
    }),
  ];
  const modes = claimFacts.claim.spec?.accessModes ?? [];
  return [
    buildCheck(
      "AccessMode",
      togetherOnNodes(all, claimFacts),
      evidence("spec.accessModes", modes.join(", ")),
    ),
    buildCheck(
      "Space",
      togetherInSpace(all, claimFacts),
      evidence("status.capacity", sizeText(claimFacts.claim)),
    ),
    buildCheck("SharedUse", togetherAtOnce(all, claimFacts)),
  ];
}

function togetherOnNodes(all: readonly ServiceFacts[], claimFacts: ClaimFacts): Answer {
  const mode = exclusiveMode(claimFacts.claim.spec?.accessModes ?? []);
  if (mode === null) return ["pass", "Several nodes may mount it at once."];
  const running = all.filter((facts) => desiredReplicas(facts) > 0);
  if (running.length < 2) return ["pass", "No more than one of the services runs."];
  if (mode === "ReadWriteOncePod") {
    return [
      "block",
      `ReadWriteOncePod lets one pod mount it, but ${running.length} services would run from it.`,
    ];
  }
  const nodes = running.map((facts) => feasibleNodeNames(facts, claimFacts));
  const known = nodes.filter((names) => names !== null);
  if (known.length < nodes.length) {
    return ["unknown", "ReadWriteOnce: one node at a time. Could not check where pods may land."];
  }
  return onOneNode(known);
}

/** ReadWriteOnce lets pods of one node mount the claim together. */
function onOneNode(nodes: readonly (readonly string[])[]): Answer {
  const [first = [], ...rest] = nodes;
  const shared = first.filter((node) => rest.every((names) => names.includes(node)));
  if (shared.length === 0) {
    return [
      "block",
      "ReadWriteOnce is mounted on one node at a time, and there is no node on which all of the services can run.",
    ];
  }
  const all = new Set(nodes.flat());
  return all.size === 1
    ? ["pass", `ReadWriteOnce, and every pod lands on ${listNames(shared)}.`]
    : [
        "warn",
        `ReadWriteOnce is mounted on one node at a time: all of them can run on ${listNames(shared)}, but pods may land on ${listNames([...all].sort())}.`,
      ];
}

function togetherInSpace(all: readonly ServiceFacts[], claimFacts: ClaimFacts): Answer {
  const missing = distinct(all.flatMap((facts) => heldOn(facts, claimFacts).missing));
  if (missing.length === 0) return ["pass", "It holds all of their models already."];
  const needs = bytesOf(missing);
  const capacity = parseQuantity(sizeText(claimFacts.claim));
  if (needs === null) {
    return ["unknown", "Could not check the space: the size of a model is not known."];
  }
  if (capacity === null) {
    return ["unknown", "Could not check the space: the claim does not say how large it is."];
  }
  const sizes = `${count(missing.length, "model")} together ${missing.length === 1 ? "needs" : "need"} ${formatBytes(needs)}, the claim has ${formatBytes(capacity)} in all`;
  if (needs > capacity) {
    const limited = claimFacts.volume !== null && isSizeEnforced(claimFacts.volume);
    return limited
      ? ["block", `It is too small: ${sizes}.`]
      : ["warn", `It is too small, unless its volume is larger than it says: ${sizes}.`];
  }
  return isNew(claimFacts)
    ? ["pass", `It is new and empty: ${sizes}.`]
    : ["unknown", `Nothing has measured how full it is: ${sizes}.`];
}

/** One per directory on the claim; a Model without a key is its own. */
function distinct(models: readonly Model[]): Model[] {
  return [
    ...new Map(models.map((model) => [effectiveKey(model) ?? model.metadata.uid, model])).values(),
  ];
}

function togetherAtOnce(all: readonly ServiceFacts[], claimFacts: ClaimFacts): Answer {
  const byKey = new Map<string, string[]>();
  for (const facts of all) {
    for (const model of heldOn(facts, claimFacts).missing) {
      const key = effectiveKey(model) ?? model.metadata.uid;
      byKey.set(key, [...(byKey.get(key) ?? []), facts.service.metadata.name]);
    }
  }
  const together = [...byKey.values()].filter((names) => names.length > 1).flat();
  if (together.length === 0) return ["pass", "No two of them download the same model."];
  const names = listNames([...new Set(together)]);
  return claimFacts.surroundings.builtinOperator
    ? ["pass", `${names} share a model; the first that finishes its download serves the others.`]
    : [
        "warn",
        `${names} would download the same model into one directory at once, and LLMKube's downloader takes no lock: apply the claim to one of them first.`,
      ];
}
