import type { Problem } from "@/server/contract/problem";
import { AppError, type ErrorReason } from "@/server/errors";

type ProblemType = { readonly status: number; readonly title: string };

/** The only place where a failure becomes an HTTP status. */
const PROBLEM_TYPES = {
  BadRequest: { status: 400, title: "Malformed request" },
  Unauthorized: { status: 401, title: "Authentication required" },
  Forbidden: { status: 403, title: "Not allowed" },
  NotFound: { status: 404, title: "Not found" },
  MethodNotAllowed: { status: 405, title: "Method not allowed" },
  AlreadyExists: { status: 409, title: "Already exists" },
  Conflict: { status: 409, title: "Changed by someone else" },
  Gone: { status: 410, title: "No longer available" },
  RequestEntityTooLarge: { status: 413, title: "Request too large" },
  UnsupportedMediaType: { status: 415, title: "Unsupported media type" },
  Invalid: { status: 422, title: "Invalid fields" },
  TooManyRequests: { status: 429, title: "Too many requests" },
  Timeout: { status: 504, title: "Upstream timed out" },
  ServiceUnavailable: { status: 503, title: "Temporarily unavailable" },
  InternalError: { status: 500, title: "Internal error" },
} as const satisfies Record<ErrorReason, ProblemType>;

/** The HTTP status under which a failure is answered; 500 for what was not expected. */
export function statusOf(error: unknown): number {
  return PROBLEM_TYPES[error instanceof AppError ? error.reason : "InternalError"].status;
}

/**
 * Renders any thrown value as an RFC 9457 problem document.
 *
 * Only an {@link AppError} speaks to the client. Anything else is a bug: it says
 * "Internal error" and the request id under which the log has the rest.
 */
export function toProblemResponse(error: unknown, requestId: string): Response {
  const known = error instanceof AppError ? error : undefined;
  const reason = known?.reason ?? "InternalError";
  const { status, title } = PROBLEM_TYPES[reason];
  const problem: Problem = {
    type: `/problems/${reason}`,
    title,
    status,
    ...(known && { detail: known.message }),
    code: reason,
    requestId,
    ...(known?.errors.length && { errors: [...known.errors] }),
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (known?.retryAfterSeconds) headers.set("retry-after", String(known.retryAfterSeconds));
  return new Response(JSON.stringify(problem), { status, headers });
}
