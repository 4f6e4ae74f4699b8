import type { RequestInfo } from "./request-info";
import { StatusError } from "./status-error";

export interface FailNext {
  status: number;
  count: number;
  verb?: string;
  resource?: string;
  retryAfter?: number;
}

const ANSWERS: Readonly<Record<number, { reason: string; message: string }>> = {
  401: { reason: "Unauthorized", message: "Unauthorized" },
  403: { reason: "Forbidden", message: "forbidden: refused on demand" },
  429: {
    reason: "TooManyRequests",
    message: "the server has received too many requests and has asked us to try again later",
  },
  500: { reason: "InternalError", message: "Internal error occurred: failed on demand" },
  503: {
    reason: "ServiceUnavailable",
    message: "the server is currently unable to handle the request",
  },
  504: { reason: "Timeout", message: "Timeout: request did not complete within requested timeout" },
};

/** What tests ask to go wrong, and how often each request was made. */
export class Faults {
  delayMs = 0;
  #failing: FailNext[] = [];
  readonly #counts = new Map<string, number>();

  fail(next: FailNext): void {
    this.#failing.push({ ...next });
  }

  reset(): void {
    this.delayMs = 0;
    this.#failing = [];
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  clearCounts(): void {
    this.#counts.clear();
  }

  /** Counts the request. @throws StatusError when it is one that is to fail */
  admit({ verb, plural, subresource, method, path }: RequestInfo): void {
    const resource =
      plural === undefined ? undefined : [plural, subresource].filter(Boolean).join("/");
    const key = resource === undefined ? `${method} ${path}` : `${verb} ${resource}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    const fault = this.#failing.find(
      (next) =>
        (next.verb === undefined || next.verb === verb) &&
        (next.resource === undefined || next.resource === resource),
    );
    if (!fault) return;
    fault.count -= 1;
    if (fault.count <= 0) this.#failing = this.#failing.filter((next) => next !== fault);
    throw failure(fault);
  }
}

function failure({ status, retryAfter }: FailNext): StatusError {
  const { reason, message } = ANSWERS[status] ?? { reason: "", message: "failed on demand" };
  const details = retryAfter === undefined ? {} : { details: { retryAfterSeconds: retryAfter } };
  return new StatusError({ code: status, reason, message, ...details });
}
