import type { FindingCode } from "@/server/contract/finding";

type Sign = {
  readonly reason: FindingCode;
  /** In lower case; words are compared without regard to case. */
  readonly texts: readonly string[];
};

/** The causes that LLMKube tells apart, in the order in which it looks for them: the first text found decides. */
const SIGNS = [
  {
    reason: "ModelSourceUntrusted",
    texts: [
      "ssl certificate problem",
      "ssl certificate openssl verify result",
      "unable to get local issuer certificate",
      "self signed certificate",
      "certificate verify failed",
    ],
  },
  {
    reason: "ModelSourceUnauthorized",
    texts: [
      "returned error: 401",
      "returned error: 403",
      "403 forbidden",
      "401 unauthorized",
      "signaturedoesnotmatch",
      "invalidaccesskeyid",
    ],
  },
  {
    reason: "ModelSourceNotFound",
    texts: ["returned error: 404", "404 not found", "nosuchkey", "nosuchbucket"],
  },
  {
    reason: "ModelTransferOutOfSpace",
    texts: ["no space left on device", "disk quota exceeded"],
  },
  {
    reason: "ModelSourceUnreachable",
    texts: [
      "could not resolve host",
      "failed to connect to",
      "connection refused",
      "connection timed out",
    ],
  },
] as const satisfies readonly Sign[];

export type TransferReason = (typeof SIGNS)[number]["reason"];

export const TRANSFER_REASONS: readonly TransferReason[] = SIGNS.map(({ reason }) => reason);

/** The cause that a downloader's last words tell and the text that gave it away, in lower case; null when it is none of the known ones. */
export function findTransferSign(
  words: string,
): { readonly reason: TransferReason; readonly text: string } | null {
  const lower = words.toLowerCase();
  for (const { reason, texts } of SIGNS) {
    const text = texts.find((sign) => lower.includes(sign));
    if (text !== undefined) return { reason, text };
  }
  return null;
}
