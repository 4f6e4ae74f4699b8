import type { Check } from "@/server/contract/preflight";
import { listNames, plain, quote } from "../wording";
import { buildCheck } from "./verdict";

/** Whether the actor may make the change, as the API server says; null: it could not tell. */
export function permissionCheck(allowed: boolean | null, actor: string): Check {
  if (allowed === null) {
    const message = `Could not check whether ${quote(actor)} may change the service.`;
    return buildCheck("Permission", ["unknown", message]);
  }
  return allowed
    ? buildCheck("Permission", ["pass", "You may change this service."])
    : buildCheck("Permission", ["block", `${quote(actor)} may not change this service.`]);
}

/** How the API server answered the change as a dry run. */
export type DryRunAnswer =
  | { readonly type: "accepted" }
  | { readonly type: "conflict"; readonly managers: readonly string[] }
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "unavailable"; readonly message: string };

/** What the dry run says. A conflict with another manager blocks until ownership is taken. */
export function dryRunCheck(answer: DryRunAnswer): Check {
  switch (answer.type) {
    case "accepted":
      return buildCheck("DryRun", ["pass", "The API server accepts the change."]);
    case "conflict": {
      const who = answer.managers.length === 0 ? "another manager" : listNames(answer.managers);
      return buildCheck("DryRun", [
        "block",
        `The API server refuses the change: the field belongs to ${who}. Take ownership to write it.`,
      ]);
    }
    case "refused":
      return buildCheck("DryRun", [
        "block",
        `The API server refuses the change: ${plain(answer.message)}`,
      ]);
    case "unavailable":
      return buildCheck("DryRun", [
        "unknown",
        `Could not ask the API server: ${plain(answer.message)}`,
      ]);
  }
}
