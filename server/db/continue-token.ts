import type { z } from "zod";

import { AppError } from "@/server/errors";

/** An opaque text that leads to the next page. */
export function toContinueToken(position: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * Reads a token back.
 *
 * @throws AppError `Invalid` for anything that `toContinueToken` did not make in this shape.
 */
export function parseContinueToken<T>(token: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(token, "base64url").toString("utf8")));
  } catch (cause) {
    const detail = "is not a token of an earlier page";
    throw new AppError("Invalid", `continue ${detail}`, {
      cause,
      errors: [{ pointer: "#/query/continue", detail }],
    });
  }
}
