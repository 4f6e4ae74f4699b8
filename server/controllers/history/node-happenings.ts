import type { ClusterNode } from "@/server/domain/objects";
import { plain } from "@/server/domain/wording";
import type { Happening } from "./happening";

/** Whether the node is ready, and whether it takes new pods. A heartbeat, a label or a new image is nothing. */
export function nodeHappenings(before: ClusterNode, after: ClusterNode): Happening[] {
  return [...readiness(before, after), ...cordon(before, after)];
}

type Told = Omit<Happening, "field">;

const READY: Told = { reason: "NodeReady", severity: "ok", message: "The node is ready." };
const NOT_READY: Readonly<Record<string, Told>> = {
  False: { reason: "NodeNotReady", severity: "error", message: "The node is not ready." },
  Unknown: {
    reason: "NodeUnknown",
    severity: "error",
    message: "Nobody hears from the node any more.",
  },
};

function readiness(before: ClusterNode, after: ClusterNode): Happening[] {
  const was = readyOf(before)?.status;
  const is = readyOf(after);
  if (is === undefined || is.status === was) return [];
  if (is.status === "True") return [{ field: "ready", ...READY }];
  const told = NOT_READY[is.status];
  if (told === undefined) return [];
  const why = [is.reason, is.message].filter(Boolean).join(": ");
  return [{ field: "ready", ...told, message: `${told.message} ${plain(why)}`.trim() }];
}

const readyOf = ({ status }: ClusterNode) =>
  status?.conditions?.find(({ type }) => type === "Ready");

function cordon(before: ClusterNode, after: ClusterNode): Happening[] {
  const was = before.spec?.unschedulable === true;
  const is = after.spec?.unschedulable === true;
  if (was === is) return [];
  const [reason, message, severity] = is
    ? (["NodeCordoned", "The node takes no new pods any more (cordoned).", "warning"] as const)
    : (["NodeUncordoned", "The node takes new pods again.", "ok"] as const);
  return [{ field: "unschedulable", reason, message, severity }];
}
