import {
  bulkPreflightRequestSchema,
  bulkPreflightSchema,
  preflightRequestSchema,
  preflightSchema,
} from "@/server/contract/preflight";
import { resource, route } from "@/server/http/define-route";
import { bulkPreflight } from "@/server/services/bulk-preflight";
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

/** What would hold if one claim were set for several services, each alone and all together. */
export const preflightBulk = resource("/api/v1/preflight/bulk", {
  POST: route({
    summary: "Check one claim for several services of a namespace without changing any",
    body: bulkPreflightRequestSchema,
    answers: {
      200: {
        description: "A preflight for each service, and what only holds for all of them together",
        schema: bulkPreflightSchema,
      },
    },
    handle: async ({ ctx, body }) => Response.json(await bulkPreflight(ctx, body)),
  }),
});
