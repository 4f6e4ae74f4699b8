import type { Check, Verdict } from "@/server/contract/preflight";
import { isMetal } from "../cache-key";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { seen } from "../findings/finding";
import type { Pod } from "../objects";
import { initStatuses } from "../pod-state";
import { desiredReplicas, isVisible, planOf } from "../service-state";
import { count, listNames, quote } from "../wording";
import { otherServices, strangers } from "./affected";
import { brings, heldOn } from "./held";
import { rollsOut, strategyOf } from "./impact";
import { buildCheck } from "./verdict";

type Change = { readonly before: ServiceFacts; readonly after: ServiceFacts };
type Answer = readonly [Verdict, string];

const KINDS = ["inferenceservices", "deployments", "pods"] as const;
const SHARE_AT_A_TIME = 0.25;

/** Who else uses the claim, and whether two downloads would go into one directory of it at once. */
export function checkSharedUse(change: Change, claimFacts: ClaimFacts | null): Check {
  const { after } = change;
  if (claimFacts === null || !mountsCache(after)) {
    const why = "Nobody shares a cache with this service.";
    return mountsCache(after)
      ? buildCheck("SharedUse", ["unknown", "Could not check: the claim is not there to look at."])
      : buildCheck("SharedUse", ["pass", why]);
  }
  const blind = KINDS.find((kind) => !isVisible(after.surroundings, kind));
  if (blind !== undefined) {
    const message = `Could not check who else uses it: ${BLIND[blind]} may not be listed here.`;
    return buildCheck("SharedUse", ["unknown", message]);
  }
  const together = downloadingNow(after, claimFacts);
  const answer =
    clash(change, claimFacts, together) ?? (["pass", sharers(after, claimFacts)] as const);
  return buildCheck(
    "SharedUse",
    answer,
    together.slice(0, 3).map((pod) =>
      seen(after.surroundings, {
        kind: "Pod",
        object: pod,
        field: "status.initContainerStatuses[model-downloader].state",
        value: "running",
      }),
    ),
  );
}

const BLIND = { inferenceservices: "services", deployments: "Deployments", pods: "pods" } as const;

function mountsCache({ model, ...facts }: ServiceFacts): boolean {
  const { effectiveClaim, kind } = planOf({ ...facts, model });
  return model === null || kind === "Unknown" || (effectiveClaim !== null && !isMetal(model));
}

function sharers(after: ServiceFacts, claimFacts: ClaimFacts): string {
  const services = otherServices(after, claimFacts).map(({ metadata }) => metadata.name);
  const pods = strangers(claimFacts).map(({ metadata }) => metadata.name);
  if (services.length + pods.length === 0) return "Nobody else uses it.";
  const who = [
    ...(services.length === 0
      ? []
      : [`service${services.length === 1 ? "" : "s"} ${listNames(services, 3)}`]),
    ...(pods.length === 0 ? [] : [`pod${pods.length === 1 ? "" : "s"} ${listNames(pods, 3)}`]),
  ].join(" and ");
  return `Also used by ${who}: they share its space.`;
}

/** LLMKube's downloader writes to one file name without a lock. The built-in operator's does not. */
function clash(change: Change, claimFacts: ClaimFacts, together: readonly Pod[]): Answer | null {
  const { after } = change;
  const nothingToDo = heldOn(after, claimFacts).held === true || !rollsOut(change.before, after);
  if (after.surroundings.builtinOperator || nothingToDo) return null;
  if (together.length > 0) {
    const names = listNames(together.map(({ metadata }) => metadata.name));
    return [
      "warn",
      `${names} ${together.length === 1 ? "is" : "are"} downloading the same model to it right now, and LLMKube's downloader takes no lock: wait until that is done.`,
    ];
  }
  const atOnce = newPodsAtOnce(change);
  return atOnce > 1
    ? [
        "warn",
        `${count(atOnce, "new pod")} of ${quote(after.service.metadata.name)} would download the model into one directory at once, and LLMKube's downloader takes no lock: start with one replica.`,
      ]
    : null;
}

/** Pods of others that are bringing one of the service's models into the claim. */
function downloadingNow(after: ServiceFacts, { pods }: ClaimFacts): Pod[] {
  const own = new Set(after.pods.map(({ metadata }) => metadata.uid));
  const models = [after.model, after.draftModel].filter((model) => model !== null);
  return pods.filter(
    (pod) =>
      !own.has(pod.metadata.uid) &&
      (pod.spec?.initContainers ?? []).some(
        (container) =>
          isRunning(pod, container.name) && models.some((model) => brings(container, model)),
      ),
  );
}

function isRunning(pod: Pod, container: string): boolean {
  return initStatuses(pod).some(
    ({ name, state }) => name === container && state?.running !== undefined,
  );
}

/** A rolling update starts a quarter of the pods, rounded up, before it ends the old ones. */
function newPodsAtOnce({ before, after }: Change): number {
  const wanted = desiredReplicas(after);
  const fresh = before.pods.length === 0 || strategyOf(before) === "Recreate";
  if (fresh) return wanted;
  const share = wanted * SHARE_AT_A_TIME;
  return Math.min(wanted, Math.ceil(share) + Math.floor(share));
}
