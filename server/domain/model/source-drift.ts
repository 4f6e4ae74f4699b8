import type { Condition, Model } from "../objects";
import { classifySource } from "../source";
import { findCondition, setCondition, type ConditionUpdate } from "../status/set-condition";
import type { ModelStatus, Subject } from "./verdict";

/** What tells whether a file upstream is still the same; "" and 0 where the server does not say. */
export type Fingerprint = { readonly etag: string; readonly contentLengthBytes: number };

/** The URL to ask whether the file is still the same; null for what is not Ready or cannot be asked (claims, repositories, objects, local files). */
export function urlToRevalidate({ spec, status }: Model): string | null {
  const source = classifySource(spec.source);
  return status?.phase === "Ready" && source.kind === "file" ? source.url : null;
}

/** Milliseconds until the file is to be asked for again; 0 when it is time. */
export function untilRevalidation(model: Model, now: Date, intervalMs: number): number {
  const last = Date.parse(model.status?.lastRevalidated ?? "");
  if (Number.isNaN(last)) return 0;
  return Math.max(0, last + intervalMs - now.getTime());
}

/**
 * The status after a look at the source. The first look only records what there is. What was recorded stays on record however much the file
 * changes: pods decide by themselves whether they fetch it again.
 */
export function planRevalidation({ model, now }: Subject, seen: Fingerprint): ModelStatus {
  const { status = {} } = model;
  const known = recorded(status);
  const first = known.etag === "" && known.contentLengthBytes === 0;
  const drifted = !first && !isSame(known, seen);
  return {
    ...status,
    ...(first ? record(seen) : {}),
    lastRevalidated: now,
    conditions: withDrift(model, drifted, now),
  };
}

function recorded({ sourceETag = "", sourceContentLength = 0 }: ModelStatus): Fingerprint {
  return { etag: sourceETag, contentLengthBytes: sourceContentLength };
}

/** Said once, whatever the Model's generation is by now. */
function withDrift(model: Model, drifted: boolean, now: string): readonly Condition[] {
  const before = model.status?.conditions ?? [];
  const update = toCondition(model, drifted);
  if (findCondition(before, update.type)?.status === update.status) return before;
  return setCondition(before, update, { generation: model.metadata.generation ?? 0, now });
}

/** The tag decides where both have one. */
function isSame(known: Fingerprint, seen: Fingerprint): boolean {
  if (known.etag !== "" && seen.etag !== "") return known.etag === seen.etag;
  return known.contentLengthBytes === seen.contentLengthBytes;
}

function record({ etag, contentLengthBytes }: Fingerprint): ModelStatus {
  return {
    ...(etag === "" ? {} : { sourceETag: etag }),
    ...(contentLengthBytes === 0 ? {} : { sourceContentLength: contentLengthBytes }),
  };
}

function toCondition({ spec }: Model, drifted: boolean): ConditionUpdate {
  return drifted
    ? {
        type: "SourceDrifted",
        status: "True",
        reason: "UpstreamChanged",
        message: `The file at "${spec.source}" is not the one that was there first`,
      }
    : {
        type: "SourceDrifted",
        status: "False",
        reason: "InSync",
        message: "The source has the file that it had first",
      };
}
