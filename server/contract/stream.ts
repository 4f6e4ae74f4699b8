import * as z from "zod";

import { attachmentSchema } from "./attachment";
import { claimViewSchema } from "./claim-view";
import { clusterSchema } from "./cluster";
import { serviceViewSchema } from "./service-view";

export const topics = [
  "inferenceservices",
  "persistentvolumeclaims",
  "attachments",
  "cluster",
] as const;
export const topicSchema = z.enum(topics);
export type Topic = z.infer<typeof topicSchema>;

/** What each topic carries, and the key that `removals` names (`namespace/name`, the id, or `cluster`). */
export const topicItemSchemas = {
  inferenceservices: serviceViewSchema,
  persistentvolumeclaims: claimViewSchema,
  attachments: attachmentSchema,
  cluster: clusterSchema,
} as const satisfies Record<Topic, z.ZodType>;

export type TopicItem<T extends Topic> = z.infer<(typeof topicItemSchemas)[T]>;

/** SSE event `sync`: one or more chunks; the list is whole at `last`. */
export const syncMessageSchema = z.object({
  topic: topicSchema,
  items: z.array(z.unknown()),
  last: z.boolean(),
  version: z.string(),
});
export type SyncMessage = z.infer<typeof syncMessageSchema>;

/** SSE event `change`. */
export const changeMessageSchema = z.object({
  topic: topicSchema,
  upserts: z.array(z.unknown()),
  removals: z.array(z.string()),
  /** Keys whose row is the same but whose detail may have changed: whoever shows one reads it again. */
  touched: z.array(z.string()),
  version: z.string(),
});
export type ChangeMessage = z.infer<typeof changeMessageSchema>;
