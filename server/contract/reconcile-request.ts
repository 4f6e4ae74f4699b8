import * as z from "zod";

/** LLMKube was asked to look at a service again; what it does then shows on the service. */
export const reconcileRequestSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  /** The claim that was missing and exists by now. */
  claimName: z.string(),
  /** RFC 3339. */
  requestedAt: z.string(),
});
export type ReconcileRequest = z.infer<typeof reconcileRequestSchema>;
