import type { Session } from "@/server/contract/cluster";
import type { ServiceContext } from "./context";
import { may } from "./may";

const LLMKUBE = "inference.llmkube.dev";

/** Who asks, and what the API server lets them do in `namespace`, or everywhere. null: it could not tell. */
export async function getSession(ctx: ServiceContext, namespace?: string): Promise<Session> {
  const ask = (verb: string, group: string, resource: string, subresource?: string) =>
    may(ctx.access, ctx.actor, {
      verb,
      group,
      resource,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
    });
  const [attach, listServices, listClaims, readLogs] = await Promise.all([
    ask("patch", LLMKUBE, "inferenceservices"),
    ask("list", LLMKUBE, "inferenceservices"),
    ask("list", "", "persistentvolumeclaims"),
    ask("get", "", "pods", "log"),
  ]);
  return {
    user: { name: ctx.actor.name, groups: [...ctx.actor.groups] },
    auth: "local",
    can: { attach, listServices, listClaims, readLogs },
  };
}
