import { computeCacheKey, isMetal } from "./cache-key";
import { planFileSet } from "./file-set";
import { isAllowedPath } from "./model-storage/local-source";
import { SOURCE_DIR } from "./model-storage/pre-staged";
import type { Claim, Condition, Model } from "./objects";
import type { OperatorSettings } from "./operator-settings";
import type { PvcSource } from "./source";
import { classifySource } from "./source";
import type { ConditionUpdate } from "./status/set-condition";
import { findCondition, setCondition } from "./status/set-condition";

export type ModelStatus = NonNullable<Model["status"]>;

export type ModelStatusInput = {
  readonly model: Model;
  /** The claim of a `pvc://` source; null when it does not exist. Not read for other sources. */
  readonly claim: Claim | null;
  readonly settings: OperatorSettings;
  readonly now: string;
};

export type ModelStatusPlan = {
  readonly status: ModelStatus;
  /** Ask again this much later although nothing may tell us; null when nothing can change by itself. */
  readonly requeueAfterMs: number | null;
};

const CLAIM_MISSING_RETRY_MS = 30_000;
const CLAIM_UNBOUND_RETRY_MS = 10_000;

type Verdict = {
  readonly phase: "Pending" | "Ready" | "Failed";
  readonly condition: ConditionUpdate;
  readonly fields?: Partial<ModelStatus>;
  readonly requeueAfterMs?: number;
};

/**
 * The status of a Model; null when it stays as it is. A Model that is Ready is not looked at again unless its file list went bad: it keeps
 * its key, path and size when the source is edited.
 */
export function planModelStatus(input: ModelStatusInput): ModelStatusPlan | null {
  const fault = findFault(input);
  if (input.model.status?.phase === "Ready" && !isFileSetFault(fault)) return null;
  const verdict = fault ?? resolve(input);
  const status = withVerdict(input, verdict);
  const { requeueAfterMs = null } = verdict;
  return status === input.model.status && requeueAfterMs === null
    ? null
    : { status, requeueAfterMs };
}

function isFileSetFault(fault: Verdict | null): boolean {
  return fault?.condition.reason === "InvalidFileSet";
}

/** The very same status when the verdict says nothing new. */
function withVerdict(input: ModelStatusInput, verdict: Verdict): ModelStatus {
  const { phase, fields } = verdict;
  const { status: previous = {} } = input.model;
  const { conditions: before = [] } = previous;
  const conditions = planConditions(before, verdict, input);
  if (previous.phase === phase && conditions === before) return previous;
  const ready = phase === "Ready" ? { acceleratorReady: true, lastUpdated: input.now } : {};
  return { ...previous, ...ready, ...fields, phase, conditions };
}

function findFault({ model, settings }: ModelStatusInput): Verdict | null {
  const source = classifySource(model.spec.source);
  if (source.kind === "invalid") {
    const wanted = source.scheme === "pvc" ? "pvc://<claim>/<path>" : "s3://<bucket>/<key>";
    return failed("InvalidSource", `"${model.spec.source}" is not of the form ${wanted}`);
  }
  const files = planFileSet(model);
  if (files.kind === "invalid") return failed("InvalidFileSet", files.message);
  if (source.kind !== "local" || isMetal(model)) return null;
  if (isAllowedPath(source.path, settings.allowedHostPathRoots)) return null;
  return failed(
    "SourceNotAllowed",
    `"${model.spec.source}" is a path on the node and in no folder that --allowed-host-path-roots names`,
  );
}

function resolve(input: ModelStatusInput): Verdict {
  const { model } = input;
  const source = classifySource(model.spec.source);
  if (source.kind === "pvc") return onClaim(input, source);
  const fields = { ...stagedFiles(model), size: model.status?.size ?? "0" };
  if (source.kind === "repository") {
    return ready("RuntimeResolved", "A repository: the engine or the listed files decide", fields);
  }
  const keyed = { ...fields, cacheKey: keyOf(model) };
  if (isMetal(model)) {
    return source.kind === "local"
      ? ready("MetalAgentManaged", "The agent on the Metal host reads the file itself", fields)
      : ready("WorkloadResolved", "The agent on the Metal host fetches the file itself", keyed);
  }
  return source.kind === "local"
    ? ready("ModelReady", "Pods copy the file from their node", keyed)
    : ready(
        "WorkloadResolved",
        "Each service's pods fetch the weights before they start, unless their cache has them",
        keyed,
      );
}

/** The recorded key is kept, whatever the source says now. */
function keyOf(model: Model): string {
  const recorded = model.status?.cacheKey ?? "";
  return recorded === "" ? computeCacheKey(model.spec.source) : recorded;
}

function onClaim({ model, claim }: ModelStatusInput, source: PvcSource): Verdict {
  const { namespace } = model.metadata;
  if (claim === null) {
    const message = `There is no claim "${source.claim}" in namespace "${namespace}"`;
    return { ...failed("PVCNotFound", message), requeueAfterMs: CLAIM_MISSING_RETRY_MS };
  }
  const phase = claim.status?.phase ?? "Pending";
  if (phase !== "Bound") {
    return {
      phase: "Pending",
      condition: {
        type: "Progressing",
        status: "True",
        reason: "PVCNotBound",
        message: `Claim "${source.claim}" is ${phase}; the model is there once it is Bound`,
      },
      requeueAfterMs: CLAIM_UNBOUND_RETRY_MS,
    };
  }
  return ready("PVCModelReady", `The model is on claim "${source.claim}"`, {
    path: `${SOURCE_DIR}/${source.path}`,
    cacheKey: keyOf(model),
  });
}

function stagedFiles(model: Model): Partial<ModelStatus> {
  const files = planFileSet(model);
  return files.kind === "multi" ? { stagedFiles: files.files } : {};
}

/** A fault that is over is marked so; that an earlier wait is still on record as Progressing is how LLMKube has it. */
function planConditions(
  previous: readonly Condition[],
  { condition, phase }: Verdict,
  { model, now }: ModelStatusInput,
): readonly Condition[] {
  const stamp = { generation: model.metadata.generation ?? 0, now };
  const next = setCondition(previous, condition, stamp);
  if (phase === "Failed" || findCondition(next, "Degraded")?.status !== "True") return next;
  return setCondition(
    next,
    { type: "Degraded", status: "False", reason: "Superseded", message: "The fault is over" },
    stamp,
  );
}

function ready(reason: string, message: string, fields: Partial<ModelStatus>): Verdict {
  return {
    phase: "Ready",
    condition: { type: "Available", status: "True", reason, message },
    fields,
  };
}

function failed(reason: string, message: string): Verdict {
  return { phase: "Failed", condition: { type: "Degraded", status: "True", reason, message } };
}
