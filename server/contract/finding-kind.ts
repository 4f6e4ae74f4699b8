import { z } from "zod";

import { findingCodeSchema, severitySchema } from "./finding";

/** What a code stands for, whatever the case at hand. */
export const findingKindSchema = z.object({
  code: findingCodeSchema,
  title: z.string(),
  /** What it usually is; some findings are milder in milder cases. */
  severity: severitySchema,
  /** When it is shown, why it matters, what follows. */
  explanation: z.string(),
  /** On which rows it is shown. */
  scope: z.enum(["Service", "Claim", "Both"]),
});
export type FindingKind = z.infer<typeof findingKindSchema>;

/** Every code there is, causes before consequences. */
export const findingKindListSchema = z.object({ items: z.array(findingKindSchema) });
export type FindingKindList = z.infer<typeof findingKindListSchema>;
