import type { Session } from "@/server/contract/cluster";
import type { AccessReviewer } from "@/server/ports";
import type { ServiceContext } from "./context";
import { may } from "./may";

const LLMKUBE = "inference.llmkube.dev";

/** Who asks, and what the API server lets them do in `namespace`, or everywhere. null: it could not tell. */
export async function getSession(ctx: ServiceContext, namespace?: string): Promise<Session> {
  const where = namespace === undefined ? {} : { namespace };
  const ask = (action: Parameters<AccessReviewer["can"]>[1]) =>
    may(ctx.access, ctx.actor, { ...action, ...where });
  const [attach, listServices, listClaims, readLogs] = await Promise.all([
    ask({ verb: "patch", group: LLMKUBE, resource: "inferenceservices" }),
    ask({ verb: "list", group: LLMKUBE, resource: "inferenceservices" }),
    ask({ verb: "list", group: "", resource: "persistentvolumeclaims" }),
    ask({ verb: "get", group: "", resource: "pods", subresource: "log" }),
  ]);
  return {
    user: { name: ctx.actor.name, groups: [...ctx.actor.groups] },
    auth: "local",
    can: { attach, listServices, listClaims, readLogs },
  };
}
