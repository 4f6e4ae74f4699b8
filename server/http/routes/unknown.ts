import { z } from "zod";

import { resource, route } from "@/server/http/define-route";
import { AppError } from "@/server/errors";

const nothingHere = route({
  summary: "Answer for addresses that are none of the API's",
  params: z.unknown(),
  query: z.unknown(),
  answers: {},
  handle: () => {
    throw new AppError("NotFound", "There is no such address in this API");
  },
});

/** Every address below /api that is not a resource. */
export const unknownResource = resource("/api/{path}", {
  GET: nothingHere,
  POST: nothingHere,
  DELETE: nothingHere,
});
