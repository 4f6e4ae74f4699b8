import { z } from "zod";

import { severitySchema } from "./finding";

export const timelineItemSchema = z.object({
  id: z.string(),
  at: z.string(),
  /** Event: from the cluster's events; Change: a field we saw change; Attachment: a transition of ours; Gap: not recorded. */
  source: z.enum(["Event", "Change", "Attachment", "Gap"]),
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
});
export type Timeline = z.infer<typeof timelineSchema>;
