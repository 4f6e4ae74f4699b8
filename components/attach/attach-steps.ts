import { formatRemaining } from "@/components/format/age";
import { formatBytes, formatRate, percentOf } from "@/components/format/bytes";
import type { Attachment } from "@/server/contract/attachment";
import type { Finding } from "@/server/contract/finding";
import type { Download, ServiceView } from "@/server/contract/service-view";

export const stepNames = [
  "stored",
  "written",
  "rolledOut",
  "downloaded",
  "mounted",
  "ready",
] as const;
export type StepName = (typeof stepNames)[number];
export type StepState = "done" | "current" | "waiting" | "stopped" | "skipped";

export type Step = Readonly<{
  name: StepName;
  state: StepState;
  /** What is known about it right now; null when there is nothing to add. */
  detail: string | null;
  percent: number | null;
}>;

export type StepperView = Readonly<{
  steps: readonly Step[];
  /** ended: nothing more will happen by itself. */
  ended: boolean;
  /** What stopped it, when a finding of the service tells. */
  finding: Finding | null;
}>;

const ENDED_BADLY = new Set(["Conflict", "Forbidden", "Superseded", "Cancelled", "ServiceGone"]);

const ALL_DONE: Record<StepName, boolean> = {
  stored: true,
  written: true,
  rolledOut: true,
  downloaded: true,
  mounted: true,
  ready: true,
};

/**
 * How far an attachment has come, from its own state and the service's row.
 *
 * Exactly one step is `current` or `stopped` until all are done; what comes after it waits.
 */
export function toStepper(attachment: Attachment, service: ServiceView): StepperView {
  const done = doneSteps(attachment, service);
  const at = stepNames.find((name) => !done[name]) ?? null;
  const finding = stoppingFinding(attachment, service);
  const stopped = isStopped(attachment, finding);
  const steps = stepNames.map((name): Step => {
    if (name === at) return stepAt(name, { attachment, service, stopped });
    return { name, state: done[name] ? "done" : "waiting", detail: null, percent: null };
  });
  return {
    steps: hadNothingToDownload(attachment) ? markSkipped(steps) : steps,
    ended: hasEnded(attachment),
    finding: stopped ? finding : null,
  };
}

function hasEnded({ state }: Attachment): boolean {
  return state === "Effective" || state === "Ignored" || ENDED_BADLY.has(state);
}

function doneSteps(attachment: Attachment, service: ServiceView): Record<StepName, boolean> {
  if (attachment.state === "Effective") return ALL_DONE;
  const { cache } = service;
  const written = wasWritten(attachment);
  const wanted = attachment.claimName ?? cache.effectiveClaim;
  const rolledOut = written && cache.rolledOutClaim === wanted;
  const loaded = rolledOut && isLoaded(attachment, service.download);
  const mounts = wanted !== null && cache.mountedClaims.includes(wanted);
  const startsUp = attachment.reason === "WaitingForPods";
  return {
    stored: true,
    written,
    rolledOut,
    downloaded: loaded && (mounts || startsUp),
    mounted: loaded && mounts,
    ready: false,
  };
}

/** No download runs, waits or failed. */
function isLoaded(attachment: Attachment, download: Download | null): boolean {
  if (attachment.reason === "Downloading") return false;
  return download === null || download.state === "Done";
}

function stepAt(
  name: StepName,
  around: { attachment: Attachment; service: ServiceView; stopped: boolean },
): Step {
  const { attachment, service, stopped } = around;
  const state = stopped ? "stopped" : "current";
  const { download } = service;
  if (name !== "downloaded" || stopped || download === null) {
    return { name, state, detail: attachment.message, percent: null };
  }
  return {
    name,
    state,
    detail: describeBytes(download) ?? attachment.message,
    percent: percentOf(download.receivedBytes, download.totalBytes),
  };
}

function wasWritten(attachment: Attachment): boolean {
  return (
    attachment.state === "Effective" ||
    attachment.state === "Ignored" ||
    attachment.transitions.some(({ to }) => to === "Applied")
  );
}

function hadNothingToDownload({ state, transitions }: Attachment): boolean {
  return state === "Effective" && !transitions.some(({ reason }) => reason === "Downloading");
}

/** `1.4 GiB of 2.9 GiB · 212 MB/s · 7 s left`: as much as is known; null when nothing is. */
export function describeBytes(download: Download): string | null {
  const { receivedBytes, totalBytes, bytesPerSecond, etaSeconds } = download;
  if (receivedBytes === null) return null;
  return [
    totalBytes === null
      ? `${formatBytes(receivedBytes)} so far`
      : `${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`,
    bytesPerSecond === null ? null : formatRate(bytesPerSecond),
    etaSeconds === null ? null : `${formatRemaining(etaSeconds)} left`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function markSkipped(steps: readonly Step[]): Step[] {
  return steps.map((step) =>
    step.name === "downloaded" && step.state === "done"
      ? { ...step, state: "skipped", detail: "Nothing to download: the claim held the model." }
      : step,
  );
}

function isStopped(attachment: Attachment, finding: Finding | null): boolean {
  if (ENDED_BADLY.has(attachment.state)) return true;
  if (attachment.state === "Blocked" || attachment.state === "Ignored") return true;
  return attachment.state === "Applied" && finding !== null;
}

/** Reasons of an attachment that a finding has another name for. */
const FINDING_OF: Readonly<Record<string, Finding["code"]>> = {
  ClaimNotFound: "ModelCachePVCNotFound",
};

/** The finding that the attachment's reason names; others may be of the cache it leaves. */
function stoppingFinding({ state, reason }: Attachment, service: ServiceView): Finding | null {
  if (state === "Effective") return null;
  const code = FINDING_OF[reason] ?? reason;
  const named = service.findings.find((finding) => finding.code === code);
  return named?.severity === "error" ? named : null;
}
