import * as z from "zod";

import { attachmentStateSchema } from "./attachment";
import { findingCodeSchema, severitySchema } from "./finding";
import { topicSchema } from "./stream";
import { timelineSourceSchema } from "./timeline";

export const namespaceSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "must be a namespace's name");

export const objectNameSchema = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "must be an object's name",
  );

/** `{namespace}/…/{name}` of an address. */
export const objectKeyParamsSchema = z.strictObject({
  namespace: namespaceSchema,
  name: objectNameSchema,
});

export const attachmentParamsSchema = z.strictObject({ id: z.string().min(1).max(64) });

/** `a,b,c` → the values; at least one. */
function listOf<T extends z.ZodType>(item: T) {
  return (
    z
      .string()
      .max(4096)
      // The cast says only what the pipe is there to check.
      .transform((text) => text.split(",").filter((part) => part !== "") as z.input<T>[])
      .pipe(z.array(item).min(1))
  );
}

function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

const yesOrNo = z.enum(["true", "false"]).transform((value) => value === "true");

const freeTextSchema = z.string().max(200);

const pageFields = {
  limit: whole(1, 5000).default(500),
  continue: z.string().min(1).max(2048).optional(),
};

/** A column, `-` before it for the other direction. */
function sortBy<const C extends string>(columns: readonly C[]) {
  const directions = columns.flatMap((column) => [column, `-${column}`] as const);
  return z.enum(directions as [C | `-${C}`, ...(C | `-${C}`)[]]);
}

export const serviceSortColumns = [
  "severity",
  "namespace",
  "name",
  "model",
  "claim",
  "node",
  "size",
  "ready",
  "createdAt",
] as const;
export type ServiceSortColumn = (typeof serviceSortColumns)[number];

export const serviceQuerySchema = z.strictObject({
  namespace: listOf(namespaceSchema).optional(),
  q: freeTextSchema.optional(),
  severity: listOf(severitySchema).optional(),
  finding: listOf(findingCodeSchema).optional(),
  claim: listOf(objectNameSchema).optional(),
  storageClass: listOf(objectNameSchema).optional(),
  node: listOf(objectNameSchema).optional(),
  sort: sortBy(serviceSortColumns).default("severity"),
  ...pageFields,
});
export type ServiceQuery = z.infer<typeof serviceQuerySchema>;

export const claimSortColumns = [
  "severity",
  "namespace",
  "name",
  "phase",
  "capacity",
  "used",
  "storageClass",
  "node",
  "createdAt",
] as const;
export type ClaimSortColumn = (typeof claimSortColumns)[number];

export const claimQuerySchema = z.strictObject({
  namespace: listOf(namespaceSchema).optional(),
  q: freeTextSchema.optional(),
  phase: listOf(z.enum(["Bound", "Pending", "Lost"])).optional(),
  storageClass: listOf(objectNameSchema).optional(),
  node: listOf(objectNameSchema).optional(),
  /** Names of services. */
  usedBy: listOf(objectNameSchema).optional(),
  finding: listOf(findingCodeSchema).optional(),
  sort: sortBy(claimSortColumns).default("severity"),
  ...pageFields,
});
export type ClaimQuery = z.infer<typeof claimQuerySchema>;

export const attachmentQuerySchema = z.strictObject({
  namespace: namespaceSchema.optional(),
  name: objectNameSchema.optional(),
  state: attachmentStateSchema.optional(),
  claim: objectNameSchema.optional(),
  limit: whole(1, 500).default(100),
  continue: pageFields.continue,
});
export type AttachmentQuery = z.infer<typeof attachmentQuerySchema>;

/** Gaps are part of every answer, whatever the filter: what is not known is not known of anything. */
export const timelineQuerySchema = z.strictObject({
  source: listOf(timelineSourceSchema).optional(),
  /** Kinds of objects, such as `Pod`. */
  kind: listOf(z.string().regex(/^[A-Za-z]{1,63}$/, "must be a kind, such as Pod")).optional(),
  /** Name of the object that something happened to. */
  object: objectNameSchema.optional(),
  limit: whole(1, 500).default(100),
  continue: pageFields.continue,
});
export type TimelineQuery = z.infer<typeof timelineQuerySchema>;

export const logsQuerySchema = z.strictObject({
  pod: objectNameSchema.optional(),
  container: namespaceSchema.optional(),
  /** Without it: true where the container waits to be started again after a failure. */
  previous: yesOrNo.optional(),
  /** `all`: everything that the node has kept. */
  tailLines: z.union([z.literal("all").transform(() => null), whole(1, 10_000)]).default(1000),
  follow: yesOrNo.default(false),
  timestamps: yesOrNo.default(false),
});
export type LogsQuery = z.infer<typeof logsQuerySchema>;

export const streamQuerySchema = z.strictObject({
  topics: listOf(topicSchema).default([
    "inferenceservices",
    "persistentvolumeclaims",
    "attachments",
    "cluster",
  ]),
  namespace: listOf(namespaceSchema).optional(),
  /** Same as the `Last-Event-ID` header, for clients that open a new connection by themselves; the header wins. */
  lastEventId: z.string().max(100).optional(),
});
export type StreamQuery = z.infer<typeof streamQuerySchema>;

/** A key of the caller's own making: the same request sent twice is one attachment. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters");
