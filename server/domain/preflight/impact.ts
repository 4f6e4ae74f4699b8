import type { Impact } from "@/server/contract/preflight";
import { declaredClaim } from "../claim-selection";
import { hasGpu } from "../deployment/gpu";
import type { ServiceFacts } from "../facts";
import {
  desiredReplicas,
  planOf,
  readyPods,
  rolledOutClaim,
  servingClaim,
  servingClaimFacts,
} from "../service-state";
import { count, formatBytes, listNames, quote, sentence } from "../wording";
import { affectedBy, otherUsers } from "./affected";
import { bytesOf, modelBytes } from "./check-space";
import { type Held, heldOn } from "./held";
import { revertingTool } from "./reverting";

/** What the change costs, before it is made: who restarts, what is downloaded, what stays behind. */
export function buildImpact(before: ServiceFacts, after: ServiceFacts): Impact {
  const from = rolledOutClaim(before) ?? servingClaim(before);
  const to = servingClaim(after);
  const rolls = rollsOut(before, after);
  const strategy = rolls ? strategyOf(before) : null;
  const holding = to === null ? ON_NOTHING : heldOn(after, servingClaimFacts(after));
  const bytesToDownload = rolls || desiredReplicas(after) === 0 ? toDownload(after, holding) : 0;
  const moves = from !== null && from !== to;
  const impact = {
    strategy,
    interruptsService: interrupts(before, strategy),
    bytesToDownload,
    alreadyHeld: holding.held,
    bytesLeftBehind: leftBehind(before, { from, to }),
    fromClaim: from,
    heldBecause: holding.because === null ? null : sentence(holding.because),
    fromClaimUsedBy: moves ? otherUsers(before, before.claims.get(from) ?? null) : [],
    affected: affectedBy(after),
    revertedBy: revertingTool(before, declaredClaim(after.service)),
  };
  return { sentence: sentence(describe(before, after, impact)), ...impact };
}

/** The Deployment's template changes, and there are pods to replace. */
export function rollsOut(before: ServiceFacts, after: ServiceFacts): boolean {
  if (desiredReplicas(after) === 0) return false;
  const now = before.deployment === null ? undefined : rolledOutClaim(before);
  const plan = planOf(after);
  return now !== plan.effectiveClaim || planOf(before).kind !== plan.kind;
}

/** As the operator builds it: with GPUs the old pod ends before the new one starts. */
export function strategyOf(facts: ServiceFacts): "RollingUpdate" | "Recreate" {
  const declared = facts.deployment?.spec?.strategy?.type;
  if (declared === "Recreate" || declared === "RollingUpdate") return declared;
  const { service, model } = facts;
  return model !== null && hasGpu(service, model) ? "Recreate" : "RollingUpdate";
}

function interrupts(before: ServiceFacts, strategy: Impact["strategy"]): boolean | null {
  if (strategy === null || readyPods(before).length === 0) return false;
  return strategy === "Recreate";
}

/** Scratch space has nothing on it, and no claim is no place. */
const ON_NOTHING: Held = { held: false, because: null, missing: [] };

function toDownload(after: ServiceFacts, { held, missing }: Held): number | null {
  if (held === true || planOf(after).kind === "PreStaged") return 0;
  if (held === null) return null;
  return missing.length === 0 ? modelBytes(after) : bytesOf(missing);
}

function leftBehind(
  before: ServiceFacts,
  { from, to }: { readonly from: string | null; readonly to: string | null },
): number | null {
  if (from === null || from === to) return 0;
  return readyPods(before).length > 0 ? modelBytes(before) : null;
}

type Numbers = Omit<Impact, "sentence">;

function describe(before: ServiceFacts, after: ServiceFacts, impact: Numbers): string {
  if (saysTheSame(before, after)) return "Changes nothing: the spec says so already.";
  return [restartText(before, after, impact), downloadText(after, impact), leftText(impact)]
    .filter((part) => part !== "")
    .join(" ");
}

function saysTheSame({ service: now }: ServiceFacts, { service: then }: ServiceFacts): boolean {
  const persistence = now.spec.modelCache?.persistence === then.spec.modelCache?.persistence;
  return persistence && declaredClaim(now) === declaredClaim(then);
}

function restartText(before: ServiceFacts, after: ServiceFacts, { strategy }: Numbers): string {
  if (desiredReplicas(after) === 0) {
    return "Rewrites the claim; no pod runs, so it takes effect when the service is started.";
  }
  if (strategy === null) return "Rewrites the claim; no pod restarts.";
  const pods = before.pods.length;
  if (pods === 0) return "Rewrites the claim and lets the service start with it.";
  const way = strategy === "Recreate" ? "at once, with an interruption" : "one by one";
  return `Rewrites the claim and restarts ${count(pods, "pod")} ${pods === 1 && strategy === "RollingUpdate" ? "after its successor is ready" : way}.`;
}

function downloadText(
  after: ServiceFacts,
  { alreadyHeld, bytesToDownload, heldBecause }: Numbers,
): string {
  if (planOf(after).kind === "PreStaged" || planOf(after).kind === "None") return "";
  if (alreadyHeld === true) return "Nothing is downloaded, the model is already on the claim.";
  if (bytesToDownload === 0) return "Nothing is downloaded.";
  const size = bytesToDownload ?? modelBytes(after);
  if (size === null) return "How much is downloaded is not known.";
  if (alreadyHeld !== null) return `Downloads ${formatBytes(size)}.`;
  const hint = heldBecause === null ? "" : ` ${heldBecause}`;
  return `Downloads ${formatBytes(size)}, unless the claim already holds the model.${hint}`;
}

function leftText({ fromClaim, bytesLeftBehind, fromClaimUsedBy }: Numbers): string {
  if (fromClaim === null || bytesLeftBehind === 0) return "";
  const size = bytesLeftBehind === null ? "What is there" : formatBytes(bytesLeftBehind);
  const stay = `${size} ${bytesLeftBehind === null ? "stays" : "stay"} on ${quote(fromClaim)}`;
  if (fromClaimUsedBy === null) return `${stay}.`;
  return fromClaimUsedBy.length === 0
    ? `${stay}, which no other service uses.`
    : `${stay}, which ${listNames(fromClaimUsedBy, 3)} still ${fromClaimUsedBy.length === 1 ? "uses" : "use"}.`;
}
