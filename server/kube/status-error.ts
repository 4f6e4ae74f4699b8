import { plain } from "@/server/domain/wording";
import { AppError, type ErrorReason, type StatusCause } from "@/server/errors";

/** `metav1.Status` as far as it tells why something failed. */
type Status = {
  readonly kind?: unknown;
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly details?: {
    readonly retryAfterSeconds?: unknown;
    readonly causes?: readonly { reason?: unknown; field?: unknown; message?: unknown }[];
  };
};

const BY_STATUS_REASON: Readonly<Record<string, ErrorReason>> = {
  BadRequest: "BadRequest",
  MethodNotAllowed: "BadRequest",
  NotAcceptable: "BadRequest",
  UnsupportedMediaType: "BadRequest",
  RequestEntityTooLarge: "BadRequest",
  Unauthorized: "Unauthorized",
  Forbidden: "Forbidden",
  NotFound: "NotFound",
  AlreadyExists: "AlreadyExists",
  Conflict: "Conflict",
  Gone: "Gone",
  Expired: "Gone",
  Invalid: "Invalid",
  TooManyRequests: "TooManyRequests",
  Timeout: "Timeout",
  ServerTimeout: "ServiceUnavailable",
  ServiceUnavailable: "ServiceUnavailable",
  InternalError: "InternalError",
};

const BY_CODE: Readonly<Record<number, ErrorReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "BadRequest",
  409: "Conflict",
  410: "Gone",
  413: "BadRequest",
  415: "BadRequest",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  504: "Timeout",
};

const MESSAGE_LIMIT = 2_000;
/** An admission webhook may say as much as it likes. */
const CAUSE_LIMIT = 500;
const MOST_CAUSES = 50;

type Answer = {
  readonly code: number;
  readonly body: unknown;
  readonly retryAfter?: string | null;
};

/**
 * The failure that the API server tells in `body`, in our vocabulary. `what` says what was being done. Its texts, which a
 * webhook may have written, are made harmless and bounded.
 */
export function toStatusError(what: string, answer: Answer): AppError {
  const status = isStatus(answer.body) ? answer.body : {};
  const message = text(status.message, MESSAGE_LIMIT);
  return new AppError(reasonOf(status, answer), message ?? `${what}: HTTP ${answer.code}`, {
    cause: new Error(`${what}: HTTP ${answer.code}`),
    causes: (status.details?.causes ?? []).slice(0, MOST_CAUSES).map(toCause),
    retryAfterSeconds: seconds(status.details?.retryAfterSeconds) ?? seconds(answer.retryAfter),
  });
}

function reasonOf(status: Status, answer: Answer): ErrorReason {
  const code = typeof status.code === "number" ? status.code : answer.code;
  return BY_STATUS_REASON[text(status.reason) ?? ""] ?? BY_CODE[code] ?? "ServiceUnavailable";
}

function isStatus(body: unknown): body is Status {
  return typeof body === "object" && body !== null && (body as Status).kind === "Status";
}

function toCause(cause: { reason?: unknown; field?: unknown; message?: unknown }): StatusCause {
  return { reason: text(cause.reason), field: text(cause.field), message: text(cause.message) };
}

function text(value: unknown, limit = CAUSE_LIMIT): string | null {
  return typeof value === "string" && value !== "" ? plain(value, limit) : null;
}

function seconds(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
