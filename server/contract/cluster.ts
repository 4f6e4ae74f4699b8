import { z } from "zod";

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
    mode: z.enum(["none", "builtin"]),
    /** An LLMKube operator found in the cluster; null: none found. */
    found: z
      .object({ namespace: z.string(), name: z.string(), image: z.string().nullable() })
      .nullable(),
    settings: z.array(
      z.object({
        flag: z.string(),
        value: z.string(),
        source: z.enum(["found", "default", "configured"]),
      }),
    ),
  }),
  kinds: z.array(watchedKindSchema),
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
