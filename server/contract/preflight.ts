import * as z from "zod";

import { claimNameSchema, persistenceSchema } from "./attachment";
import { claimViewSchema } from "./claim-view";
import { evidenceSchema, findingCodes } from "./finding";
import { fieldOwnerSchema } from "./service-view";

export const verdictSchema = z.enum(["pass", "warn", "block", "unknown"]);
export type Verdict = z.infer<typeof verdictSchema>;

/** What is always looked at before a change. Order is the order on screen. */
export const checkCodes = [
  "ClaimExists",
  "ClaimUsable",
  "ClaimWillBeUsed",
  "NodeFits",
  "AccessMode",
  "Space",
  "SharedUse",
  "Quota",
  "LimitRange",
  "PodSecurity",
  "Ownership",
  "Permission",
  "DryRun",
] as const;
/** Behind the fixed checks come those findings that would be new or worse after the change, each under the finding's own code. */
export const checkCodeSchema = z.enum([...checkCodes, ...findingCodes]);
export type CheckCode = z.infer<typeof checkCodeSchema>;

export const checkSchema = z.object({
  code: checkCodeSchema,
  verdict: verdictSchema,
  message: z.string(),
  evidence: z.array(evidenceSchema),
});
export type Check = z.infer<typeof checkSchema>;

/** Somebody else whom a change reaches. */
export const affectedSchema = z.object({
  kind: z.enum(["InferenceService", "Pod", "PersistentVolumeClaim"]),
  namespace: z.string(),
  name: z.string(),
  /** One sentence: what it means for them. */
  message: z.string(),
});
export type Affected = z.infer<typeof affectedSchema>;

export const impactSchema = z.object({
  sentence: z.string(),
  /** null: no Deployment is rolled. */
  strategy: z.enum(["RollingUpdate", "Recreate"]).nullable(),
  interruptsService: z.boolean().nullable(),
  bytesToDownload: z.number().nullable(),
  alreadyHeld: z.boolean().nullable(),
  bytesLeftBehind: z.number().nullable(),
  fromClaim: z.string().nullable(),
  /** What tells whether the claim has the model, or hints at it; null when nothing does. */
  heldBecause: z.string().nullable(),
  /** Other services that go on using `fromClaim`, by name; null: services or claims may not be listed. Empty when nothing is left behind. */
  fromClaimUsedBy: z.array(z.string()).nullable(),
  /** Who else notices the change, and how. */
  affected: z.array(affectedSchema),
  /** The tool that will set the field back; null when none is known to. */
  revertedBy: z.object({ tool: z.string(), manager: z.string(), message: z.string() }).nullable(),
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

/** A claim that would work, for a person to create: Mooring never does. */
export const claimSuggestionSchema = z.object({
  yaml: z.string(),
  /** Why such a claim, and what to do with it. */
  sentence: z.string(),
});
export type ClaimSuggestion = z.infer<typeof claimSuggestionSchema>;

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
  /** A claim of the asked name that would work, where none of the name exists; null otherwise, and where it cannot be told. */
  suggestion: claimSuggestionSchema.nullable(),
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

export const claimCandidateListSchema = z.object({
  items: z.array(claimCandidateSchema),
  /** null while a candidate works, and when what a claim would need is not known. */
  suggestion: claimSuggestionSchema.nullable(),
});
export type ClaimCandidateList = z.infer<typeof claimCandidateListSchema>;

const MOST_AT_ONCE = 100;

/** One claim for several services of one namespace. */
export const bulkPreflightRequestSchema = z.strictObject({
  claimName: claimNameSchema,
  services: z
    .array(
      z.strictObject({ namespace: z.string().min(1).max(63), name: z.string().min(1).max(253) }),
    )
    .min(1)
    .max(MOST_AT_ONCE)
    .refine((services) => new Set(services.map(({ namespace }) => namespace)).size === 1, {
      message: "a claim serves services of its own namespace only",
    })
    .refine((services) => new Set(services.map(({ name }) => name)).size === services.length, {
      message: "a service is named twice",
    }),
  persistence: persistenceSchema.optional(),
});
export type BulkPreflightRequest = z.infer<typeof bulkPreflightRequestSchema>;

export const bulkPreflightSchema = z.object({
  /** The worst of every service's and of `combined`. */
  verdict: verdictSchema,
  claimName: z.string(),
  /** In the order asked for. Each is about its service alone, as if the others stayed as they are. */
  items: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      /** null: there is no such service (any more). */
      preflight: preflightSchema.nullable(),
    }),
  ),
  /** What only holds once all of them use the claim. */
  combined: z.array(checkSchema),
});
export type BulkPreflight = z.infer<typeof bulkPreflightSchema>;
