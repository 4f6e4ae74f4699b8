import type { Severity } from "@/server/contract/finding";
import type { Deployment } from "@/server/domain/objects";
import { cacheClaimOf } from "@/server/domain/pod-state";
import { plain, quote } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { changedConditions } from "./transition-happenings";

const REVISION = "deployment.kubernetes.io/revision";

/** Which claim the template mounts from now on, a new revision, its end or failure, and how many replicas are asked for. */
export function rolloutHappenings(before: Deployment, after: Deployment): Happening[] {
  return [
    ...claimOfTemplate(before, after),
    ...revision(before, after),
    ...progress(before, after),
    ...scale(before.spec?.replicas, after.spec?.replicas),
  ];
}

function claimOfTemplate(before: Deployment, after: Deployment): Happening[] {
  const from = cacheClaimOf(before.spec?.template.spec);
  const to = cacheClaimOf(after.spec?.template.spec);
  if (from === to) return [];
  const was = from === null ? "" : ` (was ${quote(from)})`;
  const message =
    to === null
      ? `The template mounts no claim any more${was}.`
      : `The template mounts ${quote(to)}${was}.`;
  return [{ field: "claim", reason: "ClaimRolledOut", message, severity: "info" }];
}

function revision(before: Deployment, after: Deployment): Happening[] {
  const from = before.metadata.annotations?.[REVISION];
  const to = after.metadata.annotations?.[REVISION];
  if (to === undefined || from === to) return [];
  const was = from === undefined ? "" : ` (was ${plain(from)})`;
  const message = `Revision ${plain(to)} is being rolled out${was}.`;
  return [{ field: "revision", reason: "RolloutStarted", message, severity: "info" }];
}

/** Reasons of the condition `Progressing` that end a rollout, one way or the other. */
const ENDS: Readonly<Record<string, { reason: string; message: string; severity: Severity }>> = {
  NewReplicaSetAvailable: {
    reason: "RolloutComplete",
    message: "The rollout is complete.",
    severity: "ok",
  },
  ProgressDeadlineExceeded: {
    reason: "RolloutStuck",
    message: "The rollout did not get on for longer than its progressDeadlineSeconds.",
    severity: "error",
  },
};

function progress(before: Deployment, after: Deployment): Happening[] {
  const changed = changedConditions(before.status?.conditions, after.status?.conditions);
  const end = ENDS[changed.find(({ type }) => type === "Progressing")?.reason ?? ""];
  return end === undefined ? [] : [{ field: "progress", ...end }];
}

function scale(from: number | undefined, to: number | undefined): Happening[] {
  if (from === undefined || to === undefined || from === to) return [];
  const message = `${to} replicas are asked for (was ${from}).`;
  return [{ field: "replicas", reason: "Scaled", message, severity: "info" }];
}
