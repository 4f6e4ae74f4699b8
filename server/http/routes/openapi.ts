import { type Resource, resource, route } from "@/server/http/define-route";
import { buildOpenApi } from "@/server/http/build-openapi";
import { apiResources } from "./api-resources";

/** The description of this API. */
export const openapi: Resource<"GET"> = resource("/api/v1/openapi.json", {
  GET: route({
    summary: "Read this document",
    answers: { 200: { description: "OpenAPI 3.1", mediaType: "application/json" } },
    handle: () => Response.json(buildOpenApi([...apiResources, openapi])),
  }),
});
