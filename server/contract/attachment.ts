import * as z from "zod";

/** `architecture.md`, "Attachment: the life of a request". A state, once shipped, keeps its meaning. */
export const attachmentStates = [
  "Pending",
  "Applying",
  "Applied",
  "Effective",
  "Blocked",
  "Ignored",
  "Conflict",
  "Forbidden",
  "Superseded",
  "Cancelled",
  "ServiceGone",
] as const;
export const attachmentStateSchema = z.enum(attachmentStates);
export type AttachmentState = z.infer<typeof attachmentStateSchema>;

/** Nothing more will happen to an attachment in one of these states. */
export const closedAttachmentStates = [
  "Effective",
  "Conflict",
  "Forbidden",
  "Superseded",
  "Cancelled",
  "ServiceGone",
] as const satisfies readonly AttachmentState[];

/** Nothing has been written yet; in every other open state the service's spec has, or may have, what was asked for. */
export const cancellableAttachmentStates = [
  "Pending",
  "Blocked",
] as const satisfies readonly AttachmentState[];

export const persistenceSchema = z.enum(["Cached", "Ephemeral"]);

/** A name the API server would accept for a claim (RFC 1123 subdomain, 253 characters at most). */
export const claimNameSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "must be a lower-case RFC 1123 subdomain, such as models-nvme-a",
  );

export const transitionSchema = z.object({
  at: z.string(),
  from: attachmentStateSchema.nullable(),
  to: attachmentStateSchema,
  reason: z.string(),
  message: z.string(),
});
export type Transition = z.infer<typeof transitionSchema>;

export const attachmentSchema = z.object({
  id: z.string(),
  namespace: z.string(),
  name: z.string(),
  serviceUid: z.string(),
  /** null asks to remove the claim from the spec. */
  claimName: z.string().nullable(),
  previousClaimName: z.string().nullable(),
  /** What the request wants `spec.modelCache.persistence` to be; null leaves it as it is. */
  persistence: persistenceSchema.nullable(),
  /** What the spec said before; null: nothing, or it was stored before this was kept. */
  previousPersistence: persistenceSchema.nullable(),
  actor: z.string(),
  comment: z.string().nullable(),
  writeAnyway: z.boolean(),
  takeOwnership: z.boolean(),
  state: attachmentStateSchema,
  /** UpperCamelCase; in `Applied` it says what is waited for. */
  reason: z.string(),
  message: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  closedAt: z.string().nullable(),
  transitions: z.array(transitionSchema),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const createAttachmentSchema = z.strictObject({
  claimName: claimNameSchema.nullable(),
  persistence: persistenceSchema.optional(),
  writeAnyway: z.boolean().optional(),
  takeOwnership: z.boolean().optional(),
  comment: z.string().max(500).optional(),
  /** The claim the spec named when the change was looked at (null: none). Another one by now is answered with 409, and nothing is stored. */
  expectedClaimName: z.string().max(253).nullable().optional(),
});
export type CreateAttachment = z.infer<typeof createAttachmentSchema>;

export const attachmentListSchema = z.object({
  items: z.array(attachmentSchema),
  continue: z.string().nullable(),
});
export type AttachmentList = z.infer<typeof attachmentListSchema>;
