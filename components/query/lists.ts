"use client";

import { queryOptions, skipToken, useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";

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

const never = () => () => undefined;

/**
 * The list of a topic, or undefined before the first SYNC.
 *
 * Also undefined while a part of the page hydrates: the stream may be faster than
 * that, and what hydrates must find what the server rendered.
 */
function useLiveList<T extends Topic>(topic: T): LiveList<TopicItem<T>> | undefined {
  const { data } = useQuery(liveListOptions(topic));
  const hydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return hydrated ? data : undefined;
}

/** Every service, or undefined before the first SYNC. */
export function useServices(): LiveList<ServiceView> | undefined {
  return useLiveList("inferenceservices");
}

/** Every claim, or undefined before the first SYNC. */
export function useClaims(): LiveList<ClaimView> | undefined {
  return useLiveList("persistentvolumeclaims");
}

/** The attachments the server streams: the open ones and each service's last. */
export function useAttachments(): LiveList<Attachment> | undefined {
  return useLiveList("attachments");
}

/** What is known about the cluster, or undefined before the first SYNC. */
export function useCluster(): Cluster | undefined {
  return useLiveList("cluster")?.items[0];
}

/** The streamed row of one service; undefined while unknown, null when there is none. */
export function useServiceRow(namespace: string, name: string): ServiceView | null | undefined {
  const list = useServices();
  return useMemo(
    () => findRow(list, `${namespace}/${name}`, topicKeys.inferenceservices),
    [list, namespace, name],
  );
}

/** The streamed row of one claim; undefined while unknown, null when there is none. */
export function useClaimRow(namespace: string, name: string): ClaimView | null | undefined {
  const list = useClaims();
  return useMemo(
    () => findRow(list, `${namespace}/${name}`, topicKeys.persistentvolumeclaims),
    [list, namespace, name],
  );
}

function findRow<T>(
  list: LiveList<T> | undefined,
  key: string,
  keyOf: (item: T) => string,
): T | null | undefined {
  if (list === undefined) return undefined;
  return list.items.find((item) => keyOf(item) === key) ?? (list.complete ? null : undefined);
}
