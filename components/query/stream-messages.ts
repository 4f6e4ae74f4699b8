import type { QueryClient } from "@tanstack/react-query";

import type { Attachment } from "@/server/contract/attachment";
import type { ServiceView } from "@/server/contract/service-view";
import {
  changeMessageSchema,
  syncMessageSchema,
  topicItemSchemas,
  type Topic,
  type TopicItem,
} from "@/server/contract/stream";
import { describeAttachmentChange, describeServiceChange } from "./describe-change";
import type { DetailRefresh } from "./detail-refresh";
import { liveListOptions, topicKeys } from "./lists";
import { applyChange, applySync, restartSync, type LiveList } from "./live-list";

/** What a message may reach: the cache, the open details, the screen reader. */
export type StreamTools = Readonly<{
  queryClient: QueryClient;
  refresh: DetailRefresh;
  announce: (text: string) => void;
}>;

type Lists = <T extends Topic>(
  topic: T,
  update: (list: LiveList<TopicItem<T>> | undefined) => LiveList<TopicItem<T>> | undefined,
) => void;

function listsOf(queryClient: QueryClient): Lists {
  return (topic, update) => {
    queryClient.setQueryData(liveListOptions(topic).queryKey, update);
  };
}

function parseItems<T extends Topic>(topic: T, items: readonly unknown[]): TopicItem<T>[] {
  // The schema of a topic yields that topic's item; the map's type loses the pairing.
  return items.map((item) => topicItemSchemas[topic].parse(item) as TopicItem<T>);
}

/**
 * Takes one `sync` chunk into the cache; returns its topic and whether the list is whole.
 *
 * @throws ZodError when the message is not of this contract.
 */
export function receiveSync(tools: StreamTools, data: string): { topic: Topic; last: boolean } {
  const { topic, items, last, version } = syncMessageSchema.parse(JSON.parse(data));
  const chunk = { items: parseItems(topic, items), last, version };
  listsOf(tools.queryClient)(topic, (list) => applySync(list, chunk, topicKeys[topic] as never));
  return { topic, last };
}

/**
 * Takes one `change` into the cache, says aloud what is worth it, and has open details read again.
 *
 * @throws ZodError when the message is not of this contract.
 */
export function receiveChange(tools: StreamTools, data: string): Topic {
  const message = changeMessageSchema.parse(JSON.parse(data));
  const { topic, removals, version } = message;
  const upserts = parseItems(topic, message.upserts);
  const keyOf = topicKeys[topic] as (item: unknown) => string;
  const before = new Map(
    (tools.queryClient.getQueryData(liveListOptions(topic).queryKey)?.items ?? []).map((item) => [
      keyOf(item),
      item,
    ]),
  );
  listsOf(tools.queryClient)(topic, (list) =>
    applyChange(list, { upserts, removals, version }, keyOf as never),
  );
  for (const item of upserts) {
    const text = describeUpsert(topic, before.get(keyOf(item)), item);
    if (text !== null) tools.announce(text);
  }
  refreshDetails(tools.refresh, topic, [
    ...upserts.map(toDetailKey(topic)),
    ...removals,
    ...message.touched,
  ]);
  return topic;
}

/** Forgets half-received lists: a new connection sends them whole. */
export function restartLists(queryClient: QueryClient): void {
  for (const topic of Object.keys(topicKeys) as Topic[]) {
    listsOf(queryClient)(topic, (list) => restartSync<never>(list as never));
  }
}

function describeUpsert(topic: Topic, before: unknown, after: unknown): string | null {
  // `topic` names the type of both: they were parsed with its schema.
  if (topic === "inferenceservices") {
    return describeServiceChange(before as ServiceView | undefined, after as ServiceView);
  }
  if (topic === "attachments") {
    return describeAttachmentChange(before as Attachment | undefined, after as Attachment);
  }
  return null;
}

/** An attachment is part of its service's detail; everything else is its own. */
function toDetailKey(topic: Topic): (item: unknown) => string {
  if (topic !== "attachments") return topicKeys[topic] as (item: unknown) => string;
  return (item) => {
    const { namespace, name } = item as Attachment;
    return `${namespace}/${name}`;
  };
}

function refreshDetails(refresh: DetailRefresh, topic: Topic, keys: readonly string[]): void {
  if (topic === "cluster") return;
  const read = topic === "persistentvolumeclaims" ? refresh.claim : refresh.service;
  for (const key of new Set(keys)) read(key);
}
