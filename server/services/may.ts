import { AppError } from "@/server/errors";
import type { AccessReviewer, Actor } from "@/server/ports";

/** What the API server says; null when it cannot tell or cannot be asked, which is neither yes nor no. */
export async function may(
  access: AccessReviewer,
  actor: Actor,
  action: Parameters<AccessReviewer["can"]>[1],
): Promise<boolean | null> {
  try {
    return await access.can(actor, action);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
