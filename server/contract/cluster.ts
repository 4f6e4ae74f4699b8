import * as z from "zod";

/** One watched kind and how fresh it is. */
export const watchedKindSchema = z.object({
  kind: z.string(),
  plural: z.string(),
  /** false: this identity may not list it; all that depends on it is unknown. null: not known yet. */
  visible: z.boolean().nullable(),
  synced: z.boolean(),
  objects: z.number(),
  lastEventAt: z.string().nullable(),
  restarts: z.number(),
  error: z.string().nullable(),
});
export type WatchedKind = z.infer<typeof watchedKindSchema>;

const foundOperatorSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  image: z.string().nullable(),
});

export const clusterSchema = z.object({
  id: z.string().nullable(),
  version: z.string().nullable(),
  mode: z.enum(["sandbox", "cluster"]),
  server: z.string(),
  context: z.string().nullable(),
  /** false: no watch is connected; what is shown is as of `observedAt`. */
  connected: z.boolean(),
  observedAt: z.string().nullable(),
  operator: z.object({
    /** In effect. */
    mode: z.enum(["none", "builtin"]),
    /** As configured. */
    wanted: z.enum(["none", "builtin"]),
    /** Why Mooring's own operator does not work although it was asked for; null when it does, or was not asked for. */
    refused: z
      .object({ reason: z.enum(["OperatorFound", "SearchIncomplete"]), message: z.string() })
      .nullable(),
    /** `incomplete`: Deployments may not be listed in every namespace, so there may be operators that were not found. */
    search: z.enum(["pending", "complete", "incomplete"]),
    /** A Deployment that is an LLMKube operator; null: none found. */
    found: foundOperatorSchema.nullable(),
    /** Further ones: LLMKube is meant to run once. */
    alsoFound: z.array(foundOperatorSchema),
    settings: z.array(
      z.object({
        flag: z.string(),
        /** null: unknown, because it may not be read. */
        value: z.string().nullable(),
        source: z.enum(["found", "default", "configured", "unknown"]),
      }),
    ),
  }),
  kinds: z.array(watchedKindSchema),
  history: z.object({
    /** false: what happens is not being stored at the moment. null: not known yet. */
    recording: z.boolean().nullable(),
    /** RFC 3339; null while it is recorded. */
    notRecordingSince: z.string().nullable(),
    /** Why not, in a sentence; null while it is recorded. */
    problem: z.string().nullable(),
  }),
  /** Messages to the webhook about findings that open and close; forgotten with the history. */
  notifications: z.object({
    /** Where they go, without path and query; null: no webhook is configured. */
    target: z.string().nullable(),
    /** null: not read yet. */
    pending: z.number().nullable(),
    delivered: z.number().nullable(),
    /** Not delivered for so long that nobody tries any more. */
    givenUp: z.number().nullable(),
    lastDeliveredAt: z.string().nullable(),
    /** Why the oldest of the pending ones was not delivered yet; null while nothing failed. */
    lastError: z.string().nullable(),
  }),
  configuration: z.array(z.object({ name: z.string(), value: z.string() })),
  mooringVersion: z.string(),
});
export type Cluster = z.infer<typeof clusterSchema>;

export const sessionSchema = z.object({
  user: z.object({ name: z.string(), groups: z.array(z.string()) }),
  auth: z.enum(["local", "token", "oidc"]),
  /** null: could not be determined. */
  can: z.object({
    attach: z.boolean().nullable(),
    listServices: z.boolean().nullable(),
    listClaims: z.boolean().nullable(),
    readLogs: z.boolean().nullable(),
  }),
});
export type Session = z.infer<typeof sessionSchema>;

export const readinessSchema = z.object({
  ready: z.boolean(),
  parts: z.array(z.object({ name: z.string(), ready: z.boolean(), message: z.string() })),
});
export type Readiness = z.infer<typeof readinessSchema>;
