import type { ClusterNode } from "@/server/domain/objects";
import { plain } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { changedConditions } from "./transition-happenings";

/** Whether the node is ready, and whether it takes new pods. A heartbeat, a label or a new image is nothing. */
export function nodeHappenings(before: ClusterNode, after: ClusterNode): Happening[] {
  return [...readiness(before, after), ...cordon(before, after)];
}

function readiness(before: ClusterNode, after: ClusterNode): Happening[] {
  const changed = changedConditions(before.status?.conditions, after.status?.conditions);
  const ready = changed.find(({ type }) => type === "Ready");
  const was = before.status?.conditions?.find(({ type }) => type === "Ready")?.status;
  if (ready === undefined || ready.status === was) return [];
  const why = plain(`${ready.reason ?? ""}: ${ready.message ?? ""}`).replace(/^: |: $/gu, "");
  const known = {
    True: { reason: "NodeReady", severity: "ok", message: "The node is ready." },
    False: {
      reason: "NodeNotReady",
      severity: "error",
      message: `The node is not ready. ${why}`.trim(),
    },
  } as const;
  const happened = known[ready.status as keyof typeof known] ?? {
    reason: "NodeUnknown",
    severity: "error",
    message: `Nobody hears from the node any more. ${why}`.trim(),
  };
  return [{ field: "ready", ...happened }];
}

function cordon(before: ClusterNode, after: ClusterNode): Happening[] {
  const was = before.spec?.unschedulable === true;
  const is = after.spec?.unschedulable === true;
  if (was === is) return [];
  const [reason, message, severity] = is
    ? (["NodeCordoned", "The node takes no new pods any more (cordoned).", "warning"] as const)
    : (["NodeUncordoned", "The node takes new pods again.", "ok"] as const);
  return [{ field: "unschedulable", reason, message, severity }];
}
