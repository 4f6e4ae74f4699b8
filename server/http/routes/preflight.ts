import { preflightRequestSchema, preflightSchema } from "@/server/contract/preflight";
import { resource, route } from "@/server/http/define-route";
import { preflight as runPreflight } from "@/server/services/preflight";

/** What would hold after a change that is not made. */
export const preflight = resource("/api/v1/preflight", {
  POST: route({
    summary: "Check a change of a service's claim without making it",
    body: preflightRequestSchema,
    answers: {
      200: { description: "The checks, the impact and the exact change", schema: preflightSchema },
    },
    handle: async ({ ctx, body }) => Response.json(await runPreflight(ctx, body)),
  }),
});
