import type { IncomingMessage, ServerResponse } from "node:http";
import { parse as parseYaml } from "yaml";
import type { Api } from "./create-api";
import type { User } from "./identity";
import type { Status } from "./objects";
import type { RequestInfo } from "./request-info";
import { decodeProtobuf } from "./protobuf";
import { badRequest, StatusError, unsupportedMediaType } from "./status-error";

/** One authenticated request and its answer. */
export interface Exchange {
  api: Api;
  info: RequestInfo;
  user: User;
  request: IncomingMessage;
  response: ServerResponse;
}

const MAX_BODY_BYTES = 3 * 1024 * 1024;

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) {
      throw new StatusError({
        code: 413,
        reason: "RequestEntityTooLarge",
        message: `Request entity too large: limit is ${MAX_BODY_BYTES}`,
      });
    }
  }
  return Buffer.concat(chunks);
}

/** The media type without its parameters. */
export function contentType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "application/json").split(";")[0]?.trim() ?? "";
}

function parseText(text: string, type: string): unknown {
  try {
    const isYaml = type.endsWith("yaml") && !/^\s*[[{]/.test(text);
    return isYaml ? (parseYaml(text) as unknown) : (JSON.parse(text) as unknown);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(`couldn't get version/kind; json parse error: ${why}`);
  }
}

/** The body as JSON or YAML; undefined when there is none. @throws StatusError BadRequest, UnsupportedMediaType */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  const type = contentType(request);
  if (!type.includes("protobuf") && !type.includes("cbor")) {
    const text = bytes.toString("utf8");
    return text.trim() === "" ? undefined : parseText(text, type);
  }
  const decoded = decodeProtobuf(bytes);
  if (!decoded) throw unsupportedMediaType("application/json, application/yaml");
  return decoded;
}

export function sendText(
  response: ServerResponse,
  answer: { code: number; text: string; type?: string },
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.code, {
    "Content-Type": answer.type ?? "application/json",
    "Content-Length": Buffer.byteLength(answer.text),
    "Cache-Control": "no-cache, private",
  });
  response.end(answer.text);
}

export function sendJson(response: ServerResponse, code: number, body: object): void {
  sendText(response, { code, text: JSON.stringify(body) });
}

export function sendStatus(response: ServerResponse, status: Status): void {
  const { retryAfterSeconds } = status.details ?? {};
  if (retryAfterSeconds !== undefined && !response.headersSent) {
    response.setHeader("Retry-After", String(retryAfterSeconds));
  }
  sendJson(response, status.code, status);
}
