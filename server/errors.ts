/**
 * Why an operation failed, in the vocabulary of `metav1.StatusReason`, so a
 * Kubernetes `Status`, one of our errors and a problem document name the same
 * failure with the same word.
 */
export type ErrorReason =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "MethodNotAllowed"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "Invalid"
  | "TooManyRequests"
  | "Timeout"
  | "ServiceUnavailable"
  | "InternalError";

/** One wrong input field; `pointer` is a JSON pointer such as `#/body/claimName`. */
export type FieldError = { readonly pointer: string; readonly detail: string };

/** One cause of a Kubernetes `Status`, e.g. the manager behind an apply conflict. */
export type StatusCause = {
  readonly reason: string | null;
  readonly field: string | null;
  readonly message: string | null;
};

type AppErrorOptions = {
  /** The failure that led here. Logged, never sent to a client. */
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** `details.causes` of the Kubernetes Status, for errors that come from the API server. */
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number | undefined;
};

const BRAND = Symbol.for("mooring.AppError");

/**
 * An expected failure. `message` is safe to show to any authenticated caller.
 *
 * Next loads instrumentation and routes as separate module graphs, so this class exists more than once in one process:
 * `instanceof` goes by a brand, or an adapter's `NotFound` would be a route's unknown error.
 */
export class AppError extends Error {
  static override [Symbol.hasInstance](value: unknown): value is AppError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  readonly [BRAND] = true;
  override readonly name = "AppError";
  readonly reason: ErrorReason;
  readonly errors: readonly FieldError[];
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: ErrorReason, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.errors = options.errors ?? [];
    this.causes = options.causes ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Narrows to an expected failure with the given reason. */
export function hasReason(error: unknown, reason: ErrorReason): error is AppError {
  return error instanceof AppError && error.reason === reason;
}
