import { z } from "zod";

import { claimNameSchema, persistenceSchema } from "./attachment";
import { claimViewSchema } from "./claim-view";
import { evidenceSchema } from "./finding";
import { fieldOwnerSchema } from "./service-view";

export const verdictSchema = z.enum(["pass", "warn", "block", "unknown"]);
export type Verdict = z.infer<typeof verdictSchema>;

/** What is looked at before a change. Order is the order on screen. */
export const checkCodes = [
  "ClaimExists",
  "ClaimUsable",
  "ClaimWillBeUsed",
  "NodeFits",
  "AccessMode",
  "Space",
  "Ownership",
  "Permission",
  "DryRun",
] as const;
export const checkCodeSchema = z.enum(checkCodes);
export type CheckCode = z.infer<typeof checkCodeSchema>;

export const checkSchema = z.object({
  code: checkCodeSchema,
  verdict: verdictSchema,
  message: z.string(),
  evidence: z.array(evidenceSchema),
});
export type Check = z.infer<typeof checkSchema>;

export const impactSchema = z.object({
  sentence: z.string(),
  /** null: no Deployment is rolled. */
  strategy: z.enum(["RollingUpdate", "Recreate"]).nullable(),
  interruptsService: z.boolean().nullable(),
  bytesToDownload: z.number().nullable(),
  alreadyHeld: z.boolean().nullable(),
  bytesLeftBehind: z.number().nullable(),
  fromClaim: z.string().nullable(),
});
export type Impact = z.infer<typeof impactSchema>;

export const diffEntrySchema = z.object({
  op: z.enum(["add", "remove", "replace"]),
  path: z.string(),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
});
export type DiffEntry = z.infer<typeof diffEntrySchema>;

/** The object in the cluster through which a repository reaches the service, as far as the service's labels tell. */
export const repositorySchema = z.object({
  /** The tool's name, such as Flux. */
  tool: z.string(),
  /** What it does after somebody else wrote the field: one sentence. */
  consequence: z.string(),
  /** null: the service does not say which one. */
  object: z
    .object({ kind: z.string(), namespace: z.string().nullable(), name: z.string() })
    .nullable(),
  /** Where in the repository the change belongs: one sentence. */
  hint: z.string(),
  /** Makes the tool look now instead of at its next round; null where that is not known. */
  command: z.string().nullable(),
});
export type Repository = z.infer<typeof repositorySchema>;

export const preflightSchema = z.object({
  verdict: verdictSchema,
  checks: z.array(checkSchema),
  impact: impactSchema,
  diff: z.array(diffEntrySchema),
  /** YAML of the spec before, and as the API server would store it; null when the dry run was refused. */
  before: z.string(),
  after: z.string().nullable(),
  ownership: fieldOwnerSchema.nullable(),
  /** Where the change belongs when a GitOps tool owns the field; null when none does. */
  repository: repositorySchema.nullable(),
  equivalents: z.object({ kubectl: z.string(), yaml: z.string(), kustomize: z.string() }),
});
export type Preflight = z.infer<typeof preflightSchema>;

export const preflightRequestSchema = z.strictObject({
  namespace: z.string().min(1).max(63),
  name: z.string().min(1).max(253),
  claimName: claimNameSchema.nullable(),
  persistence: persistenceSchema.optional(),
});
export type PreflightRequest = z.infer<typeof preflightRequestSchema>;

export const claimCandidateSchema = z.object({
  claim: claimViewSchema,
  verdict: verdictSchema,
  checks: z.array(checkSchema),
  /** Nodes where the service could run with this claim; null: could not be told. */
  feasibleNodes: z.array(z.string()).nullable(),
  alreadyHeld: z.boolean().nullable(),
});
export type ClaimCandidate = z.infer<typeof claimCandidateSchema>;

export const claimCandidateListSchema = z.object({ items: z.array(claimCandidateSchema) });
