import { percentOf } from "@/components/format/bytes";
import type { Finding } from "@/server/contract/finding";
import type { ServiceView } from "@/server/contract/service-view";
import { describeBytes, type StepState } from "./attach-steps";

const names = ["applied", "rolledOut", "downloaded", "mounted", "ready"] as const;
export type RepositoryStepName = (typeof names)[number];

export type RepositoryStep = Readonly<{
  name: RepositoryStepName;
  state: StepState;
  detail: string | null;
  percent: number | null;
}>;

export type RepositoryProgress = Readonly<{
  steps: readonly RepositoryStep[];
  /** The service runs with it. */
  ended: boolean;
  /** What keeps it from going on, once the spec says it; null when nothing does. */
  finding: Finding | null;
}>;

/**
 * How far a change has come that somebody makes in a repository: nothing is stored for it, the service's row alone tells.
 * Exactly one step is `current` or `stopped` until all are done.
 */
export function toRepositoryProgress(
  service: ServiceView,
  wanted: { readonly claimName: string | null },
): RepositoryProgress {
  const done = doneSteps(service, wanted.claimName);
  const at = names.find((name) => !done[name]) ?? null;
  const finding =
    at === null || at === "applied"
      ? null
      : (service.findings.find(({ severity }) => severity === "error") ?? null);
  const steps = names.map((name): RepositoryStep => {
    if (name === at) return stepAt(name, { service, stopped: finding !== null });
    return { name, state: done[name] ? "done" : "waiting", detail: null, percent: null };
  });
  return { steps, ended: at === null, finding };
}

function doneSteps(
  { cache, download, replicas }: ServiceView,
  claimName: string | null,
): Record<RepositoryStepName, boolean> {
  const wanted = claimName ?? cache.effectiveClaim;
  const applied = cache.declaredClaim === claimName;
  const rolledOut = applied && cache.rolledOutClaim === wanted;
  const downloaded = rolledOut && (download === null || download.state === "Done");
  const mounted = downloaded && isMounted(cache, wanted);
  return { applied, rolledOut, downloaded, mounted, ready: mounted && isReady(replicas) };
}

function isMounted({ mountedClaims }: ServiceView["cache"], wanted: string | null): boolean {
  return wanted === null ? mountedClaims.length === 0 : mountedClaims.includes(wanted);
}

function isReady({ desired, ready }: ServiceView["replicas"]): boolean {
  return desired > 0 && ready >= desired;
}

function stepAt(
  name: RepositoryStepName,
  { service, stopped }: { readonly service: ServiceView; readonly stopped: boolean },
): RepositoryStep {
  const state = stopped ? "stopped" : "current";
  const { download, cache } = service;
  if (name === "applied") {
    return { name, state, detail: describeSpec(cache.declaredClaim), percent: null };
  }
  if (name !== "downloaded" || stopped || download === null) {
    return { name, state, detail: null, percent: null };
  }
  const percent = percentOf(download.receivedBytes, download.totalBytes);
  return { name, state, detail: describeBytes(download), percent };
}

function describeSpec(claim: string | null): string {
  return claim === null
    ? "The service's spec names no claim yet."
    : `The service's spec still names "${claim}".`;
}
