import type { Impact } from "@/server/contract/preflight";
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
import { count, formatBytes, quote, sentence } from "../wording";
import { isAlreadyHeld, modelBytes } from "./check-space";

/** What the change costs, before it is made: who restarts, what is downloaded, what stays behind. */
export function buildImpact(before: ServiceFacts, after: ServiceFacts): Impact {
  const from = rolledOutClaim(before) ?? servingClaim(before);
  const to = servingClaim(after);
  const rolls = rollsOut(before, after);
  const strategy = rolls ? strategyOf(before) : null;
  const alreadyHeld = to === null ? false : isAlreadyHeld(after, servingClaimFacts(after));
  const bytesToDownload =
    rolls || desiredReplicas(after) === 0 ? toDownload(after, alreadyHeld) : 0;
  const impact = {
    strategy,
    interruptsService: interrupts(before, strategy),
    bytesToDownload,
    alreadyHeld,
    bytesLeftBehind: leftBehind(before, { from, to }),
    fromClaim: from,
  };
  return { sentence: sentence(describe(before, after, impact)), ...impact };
}

/** The Deployment's template changes, and there are pods to replace. */
function rollsOut(before: ServiceFacts, after: ServiceFacts): boolean {
  if (desiredReplicas(after) === 0) return false;
  const now = before.deployment === null ? undefined : rolledOutClaim(before);
  const plan = planOf(after);
  return now !== plan.effectiveClaim || planOf(before).kind !== plan.kind;
}

/** As the operator builds it: with GPUs the old pod ends before the new one starts. */
function strategyOf(facts: ServiceFacts): "RollingUpdate" | "Recreate" {
  const declared = facts.deployment?.spec?.strategy?.type;
  if (declared === "Recreate" || declared === "RollingUpdate") return declared;
  const { service, model } = facts;
  return model !== null && hasGpu(service, model) ? "Recreate" : "RollingUpdate";
}

function interrupts(before: ServiceFacts, strategy: Impact["strategy"]): boolean | null {
  if (strategy === null || readyPods(before).length === 0) return false;
  return strategy === "Recreate";
}

function toDownload(after: ServiceFacts, alreadyHeld: boolean | null): number | null {
  if (alreadyHeld === true || planOf(after).kind === "PreStaged") return 0;
  return alreadyHeld === null ? null : modelBytes(after);
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
  return [restartText(before, after, impact), downloadText(after, impact), leftText(impact)]
    .filter((part) => part !== "")
    .join(" ");
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

function downloadText(after: ServiceFacts, { alreadyHeld, bytesToDownload }: Numbers): string {
  if (planOf(after).kind === "PreStaged" || planOf(after).kind === "None") return "";
  if (alreadyHeld === true) return "Nothing is downloaded, the model is already on the claim.";
  const size = modelBytes(after);
  if (bytesToDownload === 0) return "Nothing is downloaded.";
  if (size === null) return "How much is downloaded is not known.";
  return alreadyHeld === null
    ? `Downloads ${formatBytes(size)}, unless the claim already holds the model.`
    : `Downloads ${formatBytes(size)}.`;
}

function leftText({ fromClaim, bytesLeftBehind }: Numbers): string {
  if (fromClaim === null || bytesLeftBehind === 0) return "";
  const size = bytesLeftBehind === null ? "What is there" : formatBytes(bytesLeftBehind);
  return `${size} ${bytesLeftBehind === null ? "stays" : "stay"} on ${quote(fromClaim)}.`;
}
