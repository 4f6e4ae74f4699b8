import { attachmentListSchema, attachmentSchema } from "@/server/contract/attachment";
import { attachmentParamsSchema, attachmentQuerySchema } from "@/server/contract/query";
import { resource, route } from "@/server/http/define-route";
import { cancelAttachment } from "@/server/services/cancel-attachment";
import { getAttachment } from "@/server/services/get-attachment";
import { listAttachments } from "@/server/services/list-attachments";

/** Every request, newest first. */
export const attachments = resource("/api/v1/attachments", {
  GET: route({
    summary: "List attachments, newest first",
    query: attachmentQuerySchema,
    answers: { 200: { description: "One page of attachments", schema: attachmentListSchema } },
    handle: async ({ ctx, query }) => Response.json(await listAttachments(ctx, query)),
  }),
});

/** One request with everything that became of it. */
export const attachment = resource("/api/v1/attachments/{id}", {
  GET: route({
    summary: "Read an attachment with its transitions",
    params: attachmentParamsSchema,
    answers: { 200: { description: "The attachment", schema: attachmentSchema } },
    handle: async ({ ctx, params }) => Response.json(await getAttachment(ctx, params.id)),
  }),
});

/** Ends a request that is still open. */
export const attachmentCancel = resource("/api/v1/attachments/{id}/cancel", {
  POST: route({
    summary: "Cancel an attachment of which nothing has been written yet",
    params: attachmentParamsSchema,
    audit: "attachments.cancel",
    answers: { 200: { description: "The cancelled attachment", schema: attachmentSchema } },
    handle: async ({ ctx, params }) => Response.json(await cancelAttachment(ctx, params.id)),
  }),
});
