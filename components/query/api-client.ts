import * as z from "zod";

import { problemSchema, type Problem } from "@/server/contract/problem";

// zod would probe for `eval`, which the content security policy forbids and reports.
z.config({ jitless: true });

/** A problem document (RFC 9457) as an error; `problem.code` says which. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/**
 * Checked JSON from our own API.
 *
 * @throws ProblemError when the status is not 2xx; ZodError when the body is not what `schema` says.
 */
export async function getJson<S extends z.ZodType>(
  schema: S,
  url: string,
  signal?: AbortSignal,
): Promise<z.infer<S>> {
  return request(schema, url, { init: { signal: signal ?? null }, headers: {} });
}

/**
 * Sends `body` and returns the checked answer.
 *
 * @throws ProblemError when the status is not 2xx; ZodError when the answer is not what `schema` says.
 */
export async function postJson<S extends z.ZodType>(
  schema: S,
  url: string,
  options: { body: unknown; signal?: AbortSignal; idempotencyKey?: string },
): Promise<z.infer<S>> {
  const { body, signal, idempotencyKey } = options;
  return request(schema, url, {
    init: { method: "POST", body: JSON.stringify(body), signal: signal ?? null },
    headers: {
      "content-type": "application/json",
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
  });
}

async function request<S extends z.ZodType>(
  schema: S,
  url: string,
  { init, headers }: { init: RequestInit; headers: Readonly<Record<string, string>> },
): Promise<z.infer<S>> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: "application/json", ...headers },
  });
  if (!response.ok) throw new ProblemError(await readProblem(response));
  return schema.parse(await response.json());
}

/** The problem an error response carries; a proxy's own error page becomes one that says so. Never throws. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    // Not ours: something between the browser and Mooring answered.
    return {
      type: "about:blank",
      title: `The server answered ${response.status}`,
      status: response.status,
      detail: text.slice(0, 200) || response.statusText,
      code: "Unexpected",
      requestId: "",
    };
  }
}

/** The path of one service, below which its timeline, logs and attachments are. */
export function servicePath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/inferenceservices/${encodeURIComponent(name)}`;
}

/** The path of one claim. */
export function claimPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/persistentvolumeclaims/${encodeURIComponent(name)}`;
}
