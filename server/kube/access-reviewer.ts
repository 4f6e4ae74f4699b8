import { AppError } from "@/server/errors";
import type { AccessReviewer, Actor, Clock } from "@/server/ports";
import type { KubeHttp } from "./http-client";

type Action = Parameters<AccessReviewer["can"]>[1];
type Review = {
  readonly status?: { readonly allowed?: boolean; readonly evaluationError?: string };
};

/** What these may see can be half a minute old; every other verb is asked for at the moment of writing. */
const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);
const KEEP_MS = 30_000;
const MOST_KEPT = 5_000;

/**
 * Asks the API server what an actor may do: for `localUser`, who acts with our own credentials, by a
 * SelfSubjectAccessReview, for everybody else by a SubjectAccessReview. An answer about reading is kept for 30 s at
 * most; answers about writing, and "cannot tell", are not kept.
 */
export function createAccessReviewer(options: {
  readonly http: KubeHttp;
  readonly localUser: string;
  readonly clock: Clock;
}): AccessReviewer {
  const { http, localUser, clock } = options;
  const kept = new Map<string, { readonly allowed: boolean; readonly until: number }>();

  function recall(id: string): boolean | undefined {
    const answer = kept.get(id);
    return answer && answer.until > clock.now().getTime() ? answer.allowed : undefined;
  }
  function keep(id: string, allowed: boolean): void {
    // Dropping all of it now and then is simpler than dropping the oldest, and costs one question each.
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(id, { allowed, until: clock.now().getTime() + KEEP_MS });
  }
  return {
    async can(actor, action) {
      const review = buildReview(actor, action, localUser);
      if (!READS.has(action.verb)) return ask(http, review);
      const id = JSON.stringify([actor.name, actor.groups, action]);
      const recalled = recall(id);
      if (recalled !== undefined) return recalled;
      const allowed = await ask(http, review);
      if (allowed !== null) keep(id, allowed);
      return allowed;
    },
  };
}

async function ask(http: KubeHttp, review: { kind: string }): Promise<boolean | null> {
  const path = `/apis/authorization.k8s.io/v1/${review.kind.toLowerCase()}s`;
  try {
    // The API server answers a review with the review.
    const { status } = (await http.json({ method: "POST", path, body: review })) as Review;
    if (status?.allowed === true) return true;
    return status?.evaluationError ? null : false;
  } catch (error) {
    // We may not ask, or nobody answers: that is not a no.
    if (error instanceof AppError) return null;
    throw error;
  }
}

function buildReview(actor: Actor, action: Action, localUser: string) {
  const resourceAttributes = action;
  const isSelf = actor.name === localUser;
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: isSelf ? "SelfSubjectAccessReview" : "SubjectAccessReview",
    spec: isSelf
      ? { resourceAttributes }
      : { resourceAttributes, user: actor.name, groups: actor.groups },
  };
}
