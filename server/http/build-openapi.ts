import {
  OpenApiGeneratorV31,
  OpenAPIRegistry,
  type ResponseConfig,
  type RouteConfig,
} from "@asteasolutions/zod-to-openapi";
import { z } from "zod";

import { attachmentSchema, transitionSchema } from "@/server/contract/attachment";
import { claimDetailSchema, claimViewSchema } from "@/server/contract/claim-view";
import { clusterSchema, sessionSchema } from "@/server/contract/cluster";
import { evidenceSchema, findingSchema } from "@/server/contract/finding";
import { findingKindSchema } from "@/server/contract/finding-kind";
import { checkSchema, claimCandidateSchema, preflightSchema } from "@/server/contract/preflight";
import { problemSchema } from "@/server/contract/problem";
import {
  chainLinkSchema,
  conditionViewSchema,
  fieldOwnerSchema,
  podViewSchema,
  serviceDetailSchema,
  serviceViewSchema,
} from "@/server/contract/service-view";
import { timelineItemSchema } from "@/server/contract/timeline";
import { type AnyResource, type RouteDefinition, methods } from "./define-route";

/** Schemas that the document names once and refers to. */
const COMPONENTS: Readonly<Record<string, z.ZodType>> = {
  Attachment: attachmentSchema,
  ChainLink: chainLinkSchema,
  Check: checkSchema,
  ClaimCandidate: claimCandidateSchema,
  ClaimDetail: claimDetailSchema,
  ClaimView: claimViewSchema,
  Cluster: clusterSchema,
  ConditionView: conditionViewSchema,
  Evidence: evidenceSchema,
  FieldOwner: fieldOwnerSchema,
  Finding: findingSchema,
  FindingKind: findingKindSchema,
  PodView: podViewSchema,
  Preflight: preflightSchema,
  Problem: problemSchema,
  ServiceDetail: serviceDetailSchema,
  ServiceView: serviceViewSchema,
  Session: sessionSchema,
  TimelineItem: timelineItemSchema,
  Transition: transitionSchema,
};

/** The OpenAPI 3.1 document of the resources, from the same schemas that check requests. */
export function buildOpenApi(resources: readonly AnyResource[]) {
  // What the library's own `.openapi(refId)` sets; so the contract stays free of a library the browser has no use for.
  for (const [refId, schema] of Object.entries(COMPONENTS)) {
    z.globalRegistry.add(schema, { _internal: { refId } });
  }
  const registry = new OpenAPIRegistry();
  for (const { path, routes } of resources) {
    for (const method of methods) {
      const definition = routes[method];
      if (definition) registry.registerPath(toPath(path, method, definition));
    }
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Mooring",
      version: "1",
      description:
        "Model caches of LLMKube's InferenceServices: what they are, what is wrong, and how to change them.",
    },
    servers: [{ url: "/" }],
  });
}

function toPath(
  path: string,
  method: (typeof methods)[number],
  definition: RouteDefinition,
): RouteConfig {
  const { summary, params, query, body, requestHeaders, answers } = definition;
  return {
    method: method.toLowerCase() as Lowercase<typeof method>, // the document's spelling of the same
    path,
    summary,
    request: {
      ...(params && { params: params as z.ZodObject }), // parameters have names, so every schema of them is an object
      ...(query && { query: query as z.ZodObject }),
      ...(requestHeaders && { headers: requestHeaders }),
      ...(body && { body: { required: true, content: { "application/json": { schema: body } } } }),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, toResponse(answer)]),
      ),
      default: {
        description: "What went wrong, as RFC 9457 says",
        content: { "application/problem+json": { schema: problemSchema } },
      },
    },
  };
}

function toResponse({
  description,
  schema,
  mediaType,
}: RouteDefinition["answers"][number]): ResponseConfig {
  const type = mediaType ?? "application/json";
  return { description, content: { [type]: { schema: schema ?? z.string() } } };
}
