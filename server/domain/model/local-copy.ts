import { computeCacheKey, isMetal } from "../cache-key";
import { modelFileName } from "../file-name";
import { MODELS_DIR } from "../model-storage/model-storage";
import type { Model } from "../objects";
import { toHumanSize } from "../quantity";
import { classifySource } from "../source";
import { findCondition } from "../status/set-condition";
import { degraded, failed, progressing, ready, type Subject, type Verdict } from "./verdict";

/** As {@link import("@/server/ports").LocalFile}. */
type File =
  | { readonly kind: "file"; readonly sizeBytes: number; readonly sha256: string }
  | { readonly kind: "unreadable"; readonly why: string };

const RETRY_MS = 300_000;

/** The path that LLMKube's controller copies from; null where nothing is asked of this operator's disk. */
export function pathToCopy({ model, improvements }: Subject): string | null {
  if (improvements.has("PodsFetch") || isMetal(model) || isCopied(model)) return null;
  const source = classifySource(model.spec.source);
  return source.kind === "local" ? source.path : null;
}

/** Ready with a copy; one that was Ready of another source, which has no copy, is not. */
function isCopied({ status }: Model): boolean {
  return status?.phase === "Ready" && (status.path ?? "").startsWith(`${MODELS_DIR}/`);
}

/** What is said before the file is read; null when it was said before. */
export function planCopyStart({ spec, status }: Model): Verdict | null {
  const fault = findCondition(status?.conditions, "Degraded");
  const tried = fault?.status === "True" && FILE_FAULTS.has(fault.reason);
  if (status?.phase === "Copying" || (status?.phase === "Failed" && tried)) return null;
  return {
    phase: "Copying",
    conditions: [progressing("CopyStarted", "The file is read")],
    fields: { cacheKey: computeCacheKey(spec.source) },
  };
}

const FILE_FAULTS: ReadonlySet<string> = new Set(["CopyFailed", "IntegrityCheckFailed"]);

/**
 * What the file says of the Model. Nothing is copied: pods copy from their own node. What is recorded is what LLMKube records of its copy,
 * with the path that pods find it under.
 */
export function planCopy(
  { model, now }: Pick<Subject, "model" | "now">,
  file: File,
  acceleratorReady: true | undefined,
): Verdict {
  if (file.kind === "unreadable") {
    const message = `"${model.spec.source}" cannot be read where the operator runs: ${file.why}`;
    return { ...failed("CopyFailed", message), requeueAfterMs: RETRY_MS };
  }
  const { sha256, sizeBytes } = file;
  const wanted = model.spec.sha256 ?? "";
  if (wanted !== "" && wanted.toLowerCase() !== sha256) {
    const message = `"${model.spec.source}" has the SHA-256 ${sha256}, not the ${wanted} of spec.sha256`;
    return {
      phase: "Failed",
      conditions: [degraded("IntegrityCheckFailed", message)],
      fields: { sha256 },
      requeueAfterMs: RETRY_MS,
    };
  }
  const key = computeCacheKey(model.spec.source);
  const verdict = ready("ModelReady", "The file was read; pods copy it from their node", {
    acceleratorReady,
    cacheKey: key,
    lastRevalidated: now,
    path: `${MODELS_DIR}/${key}/${modelFileName({ ...model, status: {} })}`,
    sha256,
    size: toHumanSize(sizeBytes),
    sourceContentLength: sizeBytes,
  });
  return { ...verdict, conditions: [IN_SYNC, ...verdict.conditions] };
}

const IN_SYNC = {
  type: "SourceDrifted",
  status: "False",
  reason: "InSync",
  message: "The file is as it was when it was read",
} as const;
