import type { Claim } from "./objects";
import { parseQuantity } from "./quantity";

/** The claim's size as it is written: what it has, else what it asks for; "" when it says neither. */
export function sizeText({ spec, status }: Claim): string {
  const requested = spec?.resources?.requests?.["storage"] ?? "";
  return capacityText(status) ?? requested;
}

/** The claim's size in bytes: what it has, else what it asks for; null when it says neither. */
export function sizeBytesOf(claim: Claim): number | null {
  return parseQuantity(sizeText(claim));
}

function capacityText(status: Claim["status"]): string | null {
  return status?.capacity?.["storage"] ?? null;
}
