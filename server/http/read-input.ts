import type { z } from "zod";

import { AppError } from "@/server/errors";

const MAX_BODY_BYTES = 1024 * 1024;

/** @throws AppError `Invalid` with one JSON pointer per wrong field, below `#/{root}/`; `root` may be a path itself. */
export function parseInput<T extends z.ZodType>(
  schema: T,
  value: unknown,
  root: string,
): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const within = root.split("/");
  const errors = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const fields = issue.code === "unrecognized_keys" ? issue.keys : [null];
    return fields.map((field) => ({
      pointer: pointer([...within, ...path, ...(field === null ? [] : [field])]),
      detail: field === null ? issue.message : "there is no such field",
    }));
  });
  throw new AppError("Invalid", `The ${within[0] ?? ""} has fields that are not valid`, { errors });
}

/** Each parameter once, by name. @throws AppError `Invalid` when one is repeated. */
export function readQuery(url: URL): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name in query)
      throw new AppError("Invalid", "The query has fields that are not valid", {
        errors: [{ pointer: pointer(["query", name]), detail: "was given more than once" }],
      });
    query[name] = value;
  }
  return query;
}

/** @throws AppError `UnsupportedMediaType`, `RequestEntityTooLarge` above 1 MiB, `BadRequest` when it is not JSON. */
export async function readJsonBody(request: Request): Promise<unknown> {
  const mediaType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    throw new AppError("UnsupportedMediaType", "The body must be application/json");
  const text = await readLimited(request);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError("BadRequest", "The body is not valid JSON", { cause });
  }
}

async function readLimited(request: Request): Promise<string> {
  const tooLarge = () => new AppError("RequestEntityTooLarge", "The body is larger than 1 MiB");
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** RFC 6901 escapes. */
function pointer(parts: readonly string[]): string {
  return `#/${parts.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}
