import { streamQuerySchema } from "@/server/contract/query";
import { z } from "zod";
import { resource, route } from "@/server/http/define-route";
import { toEventStream } from "@/server/http/event-stream";
import { framesOf } from "@/server/http/stream-frames";
import { openStream } from "@/server/services/open-stream";

/** Everything live, over one connection. */
export const stream = resource("/api/v1/stream", {
  GET: route({
    summary: "Follow lists: `sync` events with the whole list, then `change` events",
    query: streamQuerySchema,
    requestHeaders: z.object({ "last-event-id": z.string().optional() }),
    answers: {
      200: {
        description: "Events `sync` and `change`; a comment at least every 15 s",
        mediaType: "text/event-stream",
      },
    },
    handle: ({ ctx, query, request }) => {
      const lastEventId = request.headers.get("last-event-id") ?? query.lastEventId ?? null;
      return toEventStream(request, framesOf(openStream(ctx, query, lastEventId)));
    },
  }),
});
