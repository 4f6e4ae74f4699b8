import { type Logger, pino } from "pino";

import { AppError } from "@/server/errors";

/** JSON lines on standard output: a constant message, everything that varies as fields. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describeError },
  });
}

/** An expected failure is its message and what led to it; where in our code it was made helps nobody. */
function describeError(error: unknown): unknown {
  if (!(error instanceof AppError))
    return error instanceof Error ? pino.stdSerializers.err(error) : error;
  const { reason, message, cause } = error;
  return { reason, message, ...(cause instanceof Error && { cause: cause.message }) };
}
