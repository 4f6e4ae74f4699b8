"use client";

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { claimDetailSchema } from "@/server/contract/claim-view";
import { sessionSchema } from "@/server/contract/cluster";
import {
  bulkPreflightSchema,
  claimCandidateListSchema,
  preflightSchema,
  type BulkPreflightRequest,
  type PreflightRequest,
} from "@/server/contract/preflight";
import { serviceDetailSchema } from "@/server/contract/service-view";
import { timelineSchema, type TimelineSource } from "@/server/contract/timeline";
import { claimPath, getJson, postJson, servicePath } from "./api-client";

/** Keys of everything that is read per object. What costs a dry run is kept under `checks`: it is read again less often. */
export const detailKeys = {
  service: (key: string) => ["service", key] as const,
  claim: (key: string) => ["claim", key] as const,
};

/** One service with its chain, conditions, pods, attachments and YAML. */
export function serviceDetailOptions(namespace: string, name: string) {
  return queryOptions({
    queryKey: [...detailKeys.service(`${namespace}/${name}`), "detail"],
    queryFn: ({ signal }) => getJson(serviceDetailSchema, servicePath(namespace, name), signal),
    staleTime: Infinity, // the stream says when to read again
  });
}

/** What of a timeline is asked for; null: everything. */
export type TimelineFilter = Readonly<{
  source: TimelineSource | null;
  kind: string | null;
  /** Name of the object. */
  about: string | null;
}>;

/** What happened to one service and its chain, newest first. */
export function timelineOptions(namespace: string, name: string, filter: TimelineFilter) {
  return infiniteQueryOptions({
    queryKey: [...detailKeys.service(`${namespace}/${name}`), "timeline", filter],
    queryFn: ({ signal, pageParam }) =>
      getJson(
        timelineSchema,
        `${servicePath(namespace, name)}/timeline?${toTimelineQuery(filter, pageParam)}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.continue,
    staleTime: Infinity,
  });
}

function toTimelineQuery(filter: TimelineFilter, pageParam: string | null): string {
  const { about: object, source, kind } = filter;
  const given = Object.entries({ source, kind, object, continue: pageParam }).flatMap(
    ([name, value]) => (value === null ? [] : [[name, value]]),
  );
  return new URLSearchParams([["limit", "100"], ...given]).toString();
}

/** The claims one service could use, best first. */
export function candidatesOptions(namespace: string, name: string) {
  return queryOptions({
    queryKey: ["checks", `${namespace}/${name}`, "candidates"],
    queryFn: ({ signal }) =>
      getJson(claimCandidateListSchema, `${servicePath(namespace, name)}/claim-candidates`, signal),
    staleTime: Infinity,
  });
}

/** What a preflight is asked about. */
export type AskedChange = Pick<PreflightRequest, "claimName" | "persistence">;

/** What would hold after a change that has not been made. `claimName` null removes the claim. */
export function preflightOptions(namespace: string, name: string, change: AskedChange) {
  return queryOptions({
    queryKey: ["checks", `${namespace}/${name}`, "preflight", change],
    queryFn: ({ signal }) =>
      postJson(preflightSchema, "/api/v1/preflight", {
        body: { namespace, name, ...change },
        signal,
      }),
    staleTime: 30_000,
    retry: false,
  });
}

/** What would hold if all the services used the claim; as long as it takes: each asks the API server. */
export function bulkPreflightOptions(request: BulkPreflightRequest) {
  return queryOptions({
    queryKey: ["checks", "bulk", request],
    queryFn: ({ signal }) =>
      postJson(bulkPreflightSchema, "/api/v1/preflight/bulk", { body: request, signal }),
    staleTime: 30_000,
    retry: false,
  });
}

/** One claim with its volume and YAML. */
export function claimDetailOptions(namespace: string, name: string) {
  return queryOptions({
    queryKey: [...detailKeys.claim(`${namespace}/${name}`), "detail"],
    queryFn: ({ signal }) => getJson(claimDetailSchema, claimPath(namespace, name), signal),
    staleTime: Infinity,
  });
}

/** Who is signed in and what they may do. */
export function sessionOptions() {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => getJson(sessionSchema, "/api/v1/session", signal),
    staleTime: 60_000,
  });
}
