import * as z from "zod";

import { severitySchema } from "./finding";

export const timelineSources = ["Event", "Change", "Attachment", "Finding", "Gap"] as const;
export const timelineSourceSchema = z.enum(timelineSources);
export type TimelineSource = z.infer<typeof timelineSourceSchema>;

export const timelineItemSchema = z.object({
  id: z.string(),
  at: z.string(),
  /**
   * Event: from the cluster's events; Change: a field we saw change; Attachment: a transition of ours; Finding: one that
   * opened or closed; Gap: not recorded.
   */
  source: timelineSourceSchema,
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  reason: z.string(),
  message: z.string(),
  severity: severitySchema,
  /** Grouped repeats; 1 when it happened once. */
  count: z.number(),
  actor: z.string().nullable(),
});
export type TimelineItem = z.infer<typeof timelineItemSchema>;

export const timelineSchema = z.object({
  items: z.array(timelineItemSchema),
  continue: z.string().nullable(),
  /** Objects the whole timeline tells of, whatever the filter, newest first; null on every page but the first. */
  objects: z.array(z.object({ kind: z.string(), name: z.string() })).nullable(),
  /** false: there is no such service any more, only its history. null: not known, because the cluster was not read yet. */
  serviceExists: z.boolean().nullable(),
});
export type Timeline = z.infer<typeof timelineSchema>;
