import { attachmentSchema, createAttachmentSchema } from "@/server/contract/attachment";
import { claimCandidateListSchema } from "@/server/contract/preflight";
import {
  idempotencyKeySchema,
  logsQuerySchema,
  objectKeyParamsSchema,
  serviceQuerySchema,
  timelineQuerySchema,
} from "@/server/contract/query";
import { reconcileRequestSchema } from "@/server/contract/reconcile-request";
import { serviceDetailSchema, serviceListSchema } from "@/server/contract/service-view";
import { timelineSchema } from "@/server/contract/timeline";
import { resource, route } from "@/server/http/define-route";
import { parseInput } from "@/server/http/read-input";
import { attachClaim } from "@/server/services/attach-claim";
import { claimCandidates } from "@/server/services/claim-candidates";
import { getService } from "@/server/services/get-service";
import { listServices } from "@/server/services/list-services";
import { requestReconcile } from "@/server/services/request-reconcile";
import { serviceTimeline } from "@/server/services/service-timeline";
import { z } from "zod";
import { answerLogs } from "../answer-logs";

const ONE = "/api/v1/namespaces/{namespace}/inferenceservices/{name}";

/** Every visible service, filtered, sorted, in pages. */
export const inferenceServices = resource("/api/v1/inferenceservices", {
  GET: route({
    summary: "List services with their cache and findings, worst first",
    query: serviceQuerySchema,
    answers: { 200: { description: "One page of services", schema: serviceListSchema } },
    handle: ({ ctx, query }) => Response.json(listServices(ctx, query)),
  }),
});

/** One service with its chain, conditions and attachments. */
export const inferenceService = resource(ONE, {
  GET: route({
    summary: "Read one service with its chain, conditions and attachments",
    params: objectKeyParamsSchema,
    answers: { 200: { description: "The service", schema: serviceDetailSchema } },
    handle: async ({ ctx, params }) => Response.json(await getService(ctx, params)),
  }),
});

/** What happened to one service and its chain. */
export const inferenceServiceTimeline = resource(`${ONE}/timeline`, {
  GET: route({
    summary: "Read what happened to a service and its chain, newest first",
    params: objectKeyParamsSchema,
    query: timelineQuerySchema,
    answers: { 200: { description: "One page of the timeline", schema: timelineSchema } },
    handle: async ({ ctx, params, query }) =>
      Response.json(await serviceTimeline(ctx, params, query)),
  }),
});

/** The log of one of its containers; the failing one when none is named. */
export const inferenceServiceLogs = resource(`${ONE}/logs`, {
  GET: route({
    summary: "Read or follow a container's log; without a name, the container that fails",
    params: objectKeyParamsSchema,
    query: logsQuerySchema,
    answers: {
      200: {
        description:
          "The last lines; with follow=true a stream of `lines` events and one `end` event when the container has ended. The headers x-log-pod, x-log-container and x-log-previous say whose log it is",
        mediaType: "text/plain",
      },
    },
    handle: ({ ctx, params, query, request }) => answerLogs({ ctx, key: params, query, request }),
  }),
});

/** The claims of the service's namespace as caches for it. */
export const inferenceServiceClaimCandidates = resource(`${ONE}/claim-candidates`, {
  GET: route({
    summary: "List the claims a service could use, best first, with what speaks against each",
    params: objectKeyParamsSchema,
    answers: { 200: { description: "The candidates", schema: claimCandidateListSchema } },
    handle: ({ ctx, params }) => Response.json(claimCandidates(ctx, params)),
  }),
});

/** Requests to set or remove the service's claim. */
export const inferenceServiceAttachments = resource(`${ONE}/attachments`, {
  POST: route({
    summary: "Ask for a claim to be set (or removed, with null) as a service's model cache",
    params: objectKeyParamsSchema,
    requestHeaders: z.object({ "idempotency-key": idempotencyKeySchema.optional() }),
    body: createAttachmentSchema,
    audit: "attachments.create",
    answers: {
      202: { description: "Stored; Location says where to watch it", schema: attachmentSchema },
    },
    handle: async ({ ctx, params, body, request }) => {
      const given = request.headers.get("idempotency-key");
      const idempotencyKey =
        given === null ? null : parseInput(idempotencyKeySchema, given, "header/idempotency-key");
      const attachment = await attachClaim(ctx, params, { ...body, idempotencyKey });
      const location = `/api/v1/attachments/${attachment.id}`;
      return Response.json(attachment, { status: 202, headers: { location } });
    },
  }),
});

/** Nudges for an LLMKube operator, which does not notice that a missing claim was made. */
export const inferenceServiceReconcileRequests = resource(`${ONE}/reconcile-requests`, {
  POST: route({
    summary:
      "Ask LLMKube to look again at a service that failed for a claim which exists by now; 409 when there is no such cause or it was asked already",
    params: objectKeyParamsSchema,
    audit: "reconcile-requests.create",
    answers: {
      202: {
        description: "Asked; what follows shows on the service",
        schema: reconcileRequestSchema,
      },
    },
    handle: async ({ ctx, params }) =>
      Response.json(await requestReconcile(ctx, params), { status: 202 }),
  }),
});
