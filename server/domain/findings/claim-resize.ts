import type { Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import { parseQuantity } from "../quantity";
import { formatBytes, plain, quote } from "../wording";
import { eventEvidence, eventTime, newestEvent } from "./event-evidence";
import { buildFinding, seen } from "./finding";

type ClaimCondition = NonNullable<NonNullable<ClaimFacts["claim"]["status"]>["conditions"]>[number];

const FAILED = ["ControllerResizeError", "NodeResizeError"];

/** A claim was made larger and is not yet. Bound claims only: the size of others is not known. */
export function claimResize(facts: ClaimFacts): Finding | null {
  const { claim, surroundings, events } = facts;
  const growth = growthOf(claim);
  if (growth === null) return null;
  const event = newestEvent(events, ["VolumeResizeFailed", "FileSystemResizeFailed"]);
  const state = failed(facts, event?.message ?? null) ?? notAllowed(facts) ?? underWay(facts);
  const happened = event === null ? null : eventTime(event);
  return buildFinding({
    code: "ClaimResize",
    severity: state.severity,
    message: `Claim ${quote(claim.metadata.name)} is to grow from ${formatBytes(growth.has)} to ${formatBytes(growth.asked)}: ${state.why}.`,
    nextStep: state.nextStep,
    since: state.condition?.lastTransitionTime ?? happened,
    evidence: [
      seen(surroundings, {
        kind: "PersistentVolumeClaim",
        object: claim,
        field: "status.capacity.storage",
        value: formatBytes(growth.has),
      }),
      ...(event === null ? [] : [eventEvidence(surroundings, event)]),
    ],
  });
}

function growthOf({ spec, status }: ClaimFacts["claim"]) {
  if (status?.phase !== "Bound") return null;
  const asked = amountOf(spec?.resources?.requests);
  const has = amountOf(status.capacity);
  return asked !== null && has !== null && asked > has ? { asked, has } : null;
}

function amountOf(amounts: Readonly<Record<string, string>> | undefined): number | null {
  return parseQuantity(amounts?.["storage"] ?? "");
}

type State = {
  readonly severity: "warning" | "info";
  readonly why: string;
  readonly nextStep: string;
  readonly condition?: ClaimCondition | undefined;
};

function conditionOf({ claim }: ClaimFacts, types: readonly string[]): ClaimCondition | undefined {
  return claim.status?.conditions?.find(
    ({ type, status }) => status === "True" && types.includes(type),
  );
}

function failed(facts: ClaimFacts, event: string | null): State | null {
  const condition = conditionOf(facts, FAILED);
  const why = condition?.message ?? event;
  return why === null
    ? null
    : {
        severity: "warning",
        why: `its storage refuses with ${quote(plain(why))}`,
        nextStep: "Fix what the storage reports; it tries again by itself.",
        condition,
      };
}

function notAllowed({ storageClass }: ClaimFacts): State | null {
  if (storageClass === null || storageClass.allowVolumeExpansion === true) return null;
  return {
    severity: "warning",
    why: `class ${quote(storageClass.metadata.name)} does not allow claims to grow`,
    nextStep: "Allow expansion in the class if its storage can do it, or use a larger claim.",
  };
}

function underWay(facts: ClaimFacts): State {
  const condition = conditionOf(facts, ["FileSystemResizePending"]);
  if (condition === undefined) {
    return { severity: "info", why: "its storage is at it", nextStep: "Nothing to do yet." };
  }
  return {
    severity: "info",
    why: "the volume has grown, its file system grows when a pod mounts it next",
    nextStep: "Restart the pods that use it, unless its storage grows file systems in use.",
    condition,
  };
}
