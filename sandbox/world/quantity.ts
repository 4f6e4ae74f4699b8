import { parseQuantity } from "../api/admission/parse-quantity";

/** A Kubernetes quantity as a number; what is absent or malformed counts as 0. */
export function quantity(text: string | number | undefined): number {
  return text === undefined ? 0 : parseQuantity(String(text));
}
