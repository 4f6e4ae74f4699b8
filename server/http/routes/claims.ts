import { claimDetailSchema, claimListSchema } from "@/server/contract/claim-view";
import { claimQuerySchema, objectKeyParamsSchema } from "@/server/contract/query";
import { resource, route } from "@/server/http/define-route";
import { getClaim } from "@/server/services/get-claim";
import { listClaims } from "@/server/services/list-claims";

/** Every visible claim, filtered, sorted, in pages. */
export const persistentVolumeClaims = resource("/api/v1/persistentvolumeclaims", {
  GET: route({
    summary: "List claims with their users and findings, worst first",
    query: claimQuerySchema,
    answers: { 200: { description: "One page of claims", schema: claimListSchema } },
    handle: ({ ctx, query }) => Response.json(listClaims(ctx, query)),
  }),
});

/** One claim with its volume. */
export const persistentVolumeClaim = resource(
  "/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}",
  {
    GET: route({
      summary: "Read one claim with its volume and its users",
      params: objectKeyParamsSchema,
      answers: { 200: { description: "The claim", schema: claimDetailSchema } },
      handle: ({ ctx, params }) => Response.json(getClaim(ctx, params)),
    }),
  },
);
