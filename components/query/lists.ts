"use client";

import { queryOptions, skipToken, useQuery } from "@tanstack/react-query";

import type { Attachment } from "@/server/contract/attachment";
import type { ClaimView } from "@/server/contract/claim-view";
import type { Cluster } from "@/server/contract/cluster";
import type { ServiceView } from "@/server/contract/service-view";
import type { Topic, TopicItem } from "@/server/contract/stream";
import type { LiveList } from "./live-list";

/** How each topic names its items, as `removals` and `touched` do. */
export const topicKeys: { readonly [T in Topic]: (item: TopicItem<T>) => string } = {
  inferenceservices: (service) => `${service.namespace}/${service.name}`,
  persistentvolumeclaims: (claim) => `${claim.namespace}/${claim.name}`,
  attachments: (attachment) => attachment.id,
  cluster: () => "cluster",
};

/**
 * The stream-fed list of a topic: it has no fetch of its own, because the stream
 * opens with the whole list and a refetch could only bring older data.
 */
export function liveListOptions<T extends Topic>(topic: T) {
  return queryOptions<LiveList<TopicItem<T>>>({
    queryKey: ["live", topic],
    queryFn: skipToken,
    staleTime: Infinity,
    gcTime: Infinity,
    structuralSharing: false, // the updaters keep references themselves
  });
}

/** Every service, or undefined before the first SYNC. */
export function useServices(): LiveList<ServiceView> | undefined {
  return useQuery(liveListOptions("inferenceservices")).data;
}

/** Every claim, or undefined before the first SYNC. */
export function useClaims(): LiveList<ClaimView> | undefined {
  return useQuery(liveListOptions("persistentvolumeclaims")).data;
}

/** The attachments the server streams: the open ones and each service's last. */
export function useAttachments(): LiveList<Attachment> | undefined {
  return useQuery(liveListOptions("attachments")).data;
}

/** What is known about the cluster, or undefined before the first SYNC. */
export function useCluster(): Cluster | undefined {
  return useQuery(liveListOptions("cluster")).data?.items[0];
}

/** The streamed row of one service; undefined while unknown, null when there is none. */
export function useServiceRow(namespace: string, name: string): ServiceView | null | undefined {
  const { data } = useQuery({
    ...liveListOptions("inferenceservices"),
    select: (list) => findRow(list, `${namespace}/${name}`, topicKeys.inferenceservices),
  });
  return data;
}

/** The streamed row of one claim; undefined while unknown, null when there is none. */
export function useClaimRow(namespace: string, name: string): ClaimView | null | undefined {
  const { data } = useQuery({
    ...liveListOptions("persistentvolumeclaims"),
    select: (list) => findRow(list, `${namespace}/${name}`, topicKeys.persistentvolumeclaims),
  });
  return data;
}

function findRow<T>(
  list: LiveList<T>,
  key: string,
  keyOf: (item: T) => string,
): T | null | undefined {
  return list.items.find((item) => keyOf(item) === key) ?? (list.complete ? null : undefined);
}
