import { z } from "zod";

import { clusterSchema, readinessSchema, sessionSchema } from "@/server/contract/cluster";
import { namespaceSchema } from "@/server/contract/query";
import { resource, route } from "@/server/http/define-route";
import { getCluster } from "@/server/services/get-cluster";
import { getSession } from "@/server/services/get-session";

/** What is known of the cluster. */
export const cluster = resource("/api/v1/cluster", {
  GET: route({
    summary:
      "Read what Mooring sees of the cluster, the operator's settings and its own configuration",
    answers: { 200: { description: "The cluster", schema: clusterSchema } },
    handle: ({ ctx }) => Response.json(getCluster(ctx)),
  }),
});

/** Who asks. */
export const session = resource("/api/v1/session", {
  GET: route({
    summary: "Read who you are and what you may do, everywhere or in one namespace",
    query: z.strictObject({ namespace: namespaceSchema.optional() }),
    answers: { 200: { description: "The session", schema: sessionSchema } },
    handle: async ({ ctx, query }) => Response.json(await getSession(ctx, query.namespace)),
  }),
});

/** Whether the process answers at all. */
export const healthz = resource("/healthz", {
  GET: route({
    summary: "Tell that the process is alive",
    answers: { 200: { description: "Alive", mediaType: "text/plain" } },
    handle: () =>
      new Response("ok\n", { headers: { "content-type": "text/plain; charset=utf-8" } }),
  }),
});

/** Whether requests can be answered truthfully. */
export const readyz = resource("/readyz", {
  GET: route({
    summary: "Tell whether the caches are filled and the database answers",
    answers: {
      200: { description: "Ready", schema: readinessSchema },
      503: { description: "Not ready; `parts` says what is missing", schema: readinessSchema },
    },
    handle: async ({ ctx }) => {
      const readiness = await ctx.readiness();
      return Response.json(readiness, { status: readiness.ready ? 200 : 503 });
    },
  }),
});

/** Figures about the process, for Prometheus. */
export const metrics = resource("/metrics", {
  GET: route({
    summary: "Read the process's metrics in the Prometheus text format",
    answers: { 200: { description: "The metrics", mediaType: "text/plain" } },
    handle: async ({ ctx }) => {
      const { contentType, text } = await ctx.metrics();
      return new Response(text, { headers: { "content-type": contentType } });
    },
  }),
});
