import type { Model } from "@/server/domain/objects";
import { quote } from "@/server/domain/wording";
import type { Happening } from "./happening";
import { phaseHappening } from "./transition-happenings";

/** Phase of a Model, and the key under which its files are cached. */
export function modelHappenings(before: Model, after: Model): Happening[] {
  return [
    ...phaseHappening({
      noun: "model",
      prefix: "Model",
      from: before.status?.phase,
      to: after.status?.phase,
      severities: { Failed: "error", Ready: "ok" },
    }),
    ...keyHappening(before.status?.cacheKey, after.status?.cacheKey),
  ];
}

function keyHappening(from: string | undefined, to: string | undefined): Happening[] {
  if (from === undefined || to === undefined || from === to) return [];
  const message = `The model is cached under ${quote(to)} from now on (was ${quote(from)}).`;
  return [{ field: "cacheKey", reason: "CacheKeyChanged", message, severity: "info" }];
}
