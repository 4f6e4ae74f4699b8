import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

import type { Answer, ModelServer } from "./model-server";
import { startModelServer } from "./model-server";

export type S3Account = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
};

/** The account that `startS3` knows, unless told otherwise. */
export const S3_ACCOUNT: S3Account = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region: "eu-central-1",
};

/**
 * Answers as S3 does: a request must carry a valid AWS Signature Version 4 of the account (403 `SignatureDoesNotMatch`, `InvalidAccessKeyId`)
 * unless its path lies in `/public/`. Paths are `/bucket/key`.
 */
export async function startS3(account: S3Account = S3_ACCOUNT): Promise<ModelServer> {
  return startModelServer({ refuse: (request) => refusalOf(request, account) });
}

const SCHEME = "AWS4-HMAC-SHA256";
const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/;

function refusalOf(request: IncomingMessage, account: S3Account): Answer | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) return signatureFault(authorization, request, account);
  return (request.url ?? "").startsWith("/public/") ? null : error("AccessDenied");
}

function signatureFault(
  authorization: string,
  request: IncomingMessage,
  account: S3Account,
): Answer | null {
  const [, credential = "", names = "", signature] = FORM.exec(authorization) ?? [];
  const [accessKeyId, date = "", ...scope] = credential.split("/");
  const signed = names.split(";");
  if (accessKeyId !== account.accessKeyId) return error("InvalidAccessKeyId");
  if (scope.join("/") !== `${account.region}/s3/aws4_request` || !signed.includes("host")) {
    return error("AuthorizationHeaderMalformed");
  }
  const text = stringToSign(request, { date, signed, region: account.region });
  const expected = hmac(signingKey(account, date), text).toString("hex");
  return expected === signature ? null : error("SignatureDoesNotMatch");
}

type Scope = { readonly date: string; readonly signed: readonly string[]; readonly region: string };

/** As the "Authenticating Requests (AWS Signature Version 4)" chapter of the S3 reference has it, for a request without a body. */
function stringToSign(request: IncomingMessage, { date, signed, region }: Scope): string {
  const { headers } = request;
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const canonical = [
    request.method ?? "",
    // S3 signs the key encoded once, whatever way it came
    decodeURIComponent(path).split("/").map(encodeStrictly).join("/"),
    query,
    ...signed.map((name) => `${name}:${[headers[name]].flat().join(",").trim()}`),
    "",
    signed.join(";"),
    headers["x-amz-content-sha256"] ?? sha256(""),
  ].join("\n");
  const time = String(headers["x-amz-date"] ?? "");
  return [SCHEME, time, `${date}/${region}/s3/aws4_request`, sha256(canonical)].join("\n");
}

function signingKey({ secretAccessKey, region }: S3Account, date: string): Buffer {
  return [date, region, "s3", "aws4_request"].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** All but the unreserved bytes; JavaScript's own leaves five more. */
function encodeStrictly(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function error(code: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
  return { status: 403, body, headers: { "content-type": "application/xml" } };
}
