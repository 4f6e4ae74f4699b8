import * as z from "zod";

import { attachmentSchema, attachmentStateSchema, persistenceSchema } from "./attachment";
import { findingSchema, severitySchema } from "./finding";

export const objectKeySchema = z.object({ namespace: z.string(), name: z.string() });
export type ObjectKey = z.infer<typeof objectKeySchema>;

/** Which claim the weights come from, by the contract. */
export const cacheKinds = [
  "UserOwned",
  "Shared",
  "PerService",
  "Ephemeral",
  "PreStaged",
  "None",
  "Unknown",
] as const;
export const cacheKindSchema = z.enum(cacheKinds);
export type CacheKind = z.infer<typeof cacheKindSchema>;

/** Who wrote `spec.modelCache.claimName`, from managedFields. */
export const fieldOwnerSchema = z.object({
  manager: z.string(),
  operation: z.enum(["Apply", "Update"]),
  time: z.string().nullable(),
  /** The manager is known to write what a repository says (Flux, Argo CD, …). */
  gitops: z.boolean(),
});
export type FieldOwner = z.infer<typeof fieldOwnerSchema>;

export const modelSummarySchema = z.object({
  /** Credentials and query string removed. */
  source: z.string(),
  format: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  phase: z.string().nullable(),
  cacheKey: z.string().nullable(),
  staleCacheKey: z.boolean(),
});

export const cacheSummarySchema = z.object({
  kind: cacheKindSchema,
  declaredClaim: z.string().nullable(),
  effectiveClaim: z.string().nullable(),
  rolledOutClaim: z.string().nullable(),
  mountedClaims: z.array(z.string()),
  persistence: persistenceSchema.nullable(),
  fieldOwner: fieldOwnerSchema.nullable(),
});

export const downloadSchema = z.object({
  state: z.enum(["Waiting", "Running", "Done", "Failed"]),
  pod: z.string().nullable(),
  container: z.string(),
  file: z.string().nullable(),
  receivedBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  /** RFC 3339 of the container's start; null when it has not started. */
  startedAt: z.string().nullable(),
  /** RFC 3339 when more bytes were last seen than before; null while nothing tells how many there are. */
  lastProgressAt: z.string().nullable(),
});
export type Download = z.infer<typeof downloadSchema>;

export const serviceViewSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  createdAt: z.string(),
  modelRef: z.string(),
  runtime: z.string(),
  /** LLMKube's `status.phase`; null before the first status. */
  phase: z.string().nullable(),
  model: modelSummarySchema.nullable(),
  cache: cacheSummarySchema,
  download: downloadSchema.nullable(),
  replicas: z.object({ desired: z.number(), ready: z.number() }),
  nodeNames: z.array(z.string()),
  /** Storage class of the effective claim, for the facet; null when none or unknown. */
  storageClass: z.string().nullable(),
  severity: severitySchema,
  /** Worst first. */
  findings: z.array(findingSchema),
  /** The open one, else the last. */
  attachment: z.object({ id: z.string(), state: attachmentStateSchema }).nullable(),
});
export type ServiceView = z.infer<typeof serviceViewSchema>;

export const healths = ["ok", "error", "warning", "waiting", "unknown", "absent"] as const;
export const healthSchema = z.enum(healths);
export type Health = z.infer<typeof healthSchema>;

/** One object of Model → Service → Deployment → Pod → Claim → Volume → Node. */
export const chainLinkSchema = z.object({
  kind: z.enum([
    "Model",
    "InferenceService",
    "Deployment",
    "Pod",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Node",
  ]),
  /** null: there is no such object (yet). */
  name: z.string().nullable(),
  /** First line: the object or the count. Second: what is worth knowing about it. */
  title: z.string(),
  subtitle: z.string(),
  health: healthSchema,
  /** The edge that leads here from the one before; the failing edge carries the sentence. */
  edge: z.object({ health: healthSchema, sentence: z.string().nullable() }),
});
export type ChainLink = z.infer<typeof chainLinkSchema>;

export const conditionViewSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string().nullable(),
  /** By the polarity of the type: is this status good news? */
  tone: z.enum(["good", "bad", "neutral"]),
});
export type ConditionView = z.infer<typeof conditionViewSchema>;

/** A pod of the service with the containers whose logs can be read. */
export const podViewSchema = z.object({
  name: z.string(),
  phase: z.string(),
  ready: z.boolean(),
  nodeName: z.string().nullable(),
  containers: z.array(
    z.object({
      name: z.string(),
      init: z.boolean(),
      state: z.enum(["Waiting", "Running", "Terminated", "Unknown"]),
      reason: z.string().nullable(),
      exitCode: z.number().nullable(),
      /** Starts beyond the first. */
      restarts: z.number(),
      /** There is a log of the run before. */
      hasPrevious: z.boolean(),
    }),
  ),
});
export type PodView = z.infer<typeof podViewSchema>;

export const serviceDetailSchema = serviceViewSchema.extend({
  generation: z.number(),
  /** Who wrote the service's spec or metadata last, Mooring included; null when nothing says so. */
  lastWriter: fieldOwnerSchema.nullable(),
  chain: z.array(chainLinkSchema),
  conditions: z.array(conditionViewSchema),
  pods: z.array(podViewSchema),
  /** Of every pod, failures first, then the slowest; `download` is the first. */
  downloads: z.array(downloadSchema),
  attachments: z.array(attachmentSchema),
  /** The objects as YAML, without managedFields. */
  yaml: z.object({
    service: z.string(),
    model: z.string().nullable(),
    deployment: z.string().nullable(),
  }),
});
export type ServiceDetail = z.infer<typeof serviceDetailSchema>;

export const serviceListSchema = z.object({
  items: z.array(serviceViewSchema),
  total: z.number(),
  continue: z.string().nullable(),
  observedAt: z.string().nullable(),
  stale: z.boolean(),
});
export type ServiceList = z.infer<typeof serviceListSchema>;
