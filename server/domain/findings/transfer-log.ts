/** The causes that LLMKube tells apart, in the order in which it looks for them. */
export const TRANSFER_CODES = [
  "ModelSourceUntrusted",
  "ModelSourceUnauthorized",
  "ModelSourceNotFound",
  "ModelTransferOutOfSpace",
  "ModelSourceUnreachable",
] as const;
export type TransferCode = (typeof TRANSFER_CODES)[number];

const SIGNS: Readonly<Record<TransferCode, RegExp>> = {
  ModelSourceUntrusted:
    /ssl certificate problem|ssl certificate openssl verify result|unable to get local issuer certificate|self signed certificate|certificate verify failed/iu,
  ModelSourceUnauthorized:
    /returned error: 40[13]|403 forbidden|401 unauthorized|signaturedoesnotmatch|invalidaccesskeyid/iu,
  ModelSourceNotFound: /returned error: 404|404 not found|nosuchkey|nosuchbucket/iu,
  ModelTransferOutOfSpace: /no space left on device|disk quota exceeded/iu,
  ModelSourceUnreachable:
    /could not resolve host|failed to connect to|connection refused|connection timed out/iu,
};

/** The cause that the end of a downloader's log tells; null when it is none of the known ones. */
export function classifyTransferLog(log: string): TransferCode | null {
  return TRANSFER_CODES.find((code) => SIGNS[code].test(log)) ?? null;
}
