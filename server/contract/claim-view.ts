import * as z from "zod";

import { findingSchema, severitySchema } from "./finding";
import { objectKeySchema } from "./service-view";

export const claimOwnershipSchema = z.enum([
  "User",
  "OperatorShared",
  "OperatorPerService",
  "Other",
]);
export type ClaimOwnership = z.infer<typeof claimOwnershipSchema>;

export const claimUserSchema = objectKeySchema.extend({
  how: z.enum(["declared", "rolledOut", "mounted", "preStaged"]),
});
export type ClaimUser = z.infer<typeof claimUserSchema>;

export const claimViewSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  createdAt: z.string(),
  phase: z.string(),
  terminating: z.boolean(),
  requestedBytes: z.number().nullable(),
  capacityBytes: z.number().nullable(),
  accessModes: z.array(z.string()),
  volumeMode: z.string(),
  storageClass: z
    .object({
      name: z.string(),
      /** The rest is null when the class itself does not exist or may not be read. */
      provisioner: z.string().nullable(),
      bindingMode: z.string().nullable(),
      reclaimPolicy: z.string().nullable(),
      expandable: z.boolean().nullable(),
    })
    .nullable(),
  volumeName: z.string().nullable(),
  /** Volume source of the bound volume: Local, NFS, HostPath, CSI, …; null when unbound or unknown. */
  volumeKind: z.string().nullable(),
  /** Nodes that can reach the volume; null: not limited or not known yet. */
  nodeNames: z.array(z.string()).nullable(),
  ownership: claimOwnershipSchema,
  /** null: nothing has measured it. Never a fake zero. */
  usage: z
    .object({
      usedBytes: z.number(),
      source: z.enum(["Kubelet", "Prometheus", "Scan"]),
      /** false: the number is the node's disk, not the claim's own. */
      ofClaim: z.boolean(),
      observedAt: z.string(),
    })
    .nullable(),
  usedBy: z.object({
    services: z.array(claimUserSchema),
    /** Names of service pods that mount it. */
    pods: z.array(z.string()),
    /** Names of other pods that mount it. */
    otherPods: z.array(z.string()),
  }),
  /** Names of the Models whose weights this claim holds or is to hold. */
  models: z.array(z.string()),
  severity: severitySchema,
  findings: z.array(findingSchema),
});
export type ClaimView = z.infer<typeof claimViewSchema>;

export const claimDetailSchema = claimViewSchema.extend({
  /** The volume's own facts; null when unbound. */
  volume: z
    .object({
      name: z.string(),
      phase: z.string(),
      reclaimPolicy: z.string().nullable(),
      nodeAffinity: z.string().nullable(),
      source: z.string(),
    })
    .nullable(),
  yaml: z.string(),
});
export type ClaimDetail = z.infer<typeof claimDetailSchema>;

export const claimListSchema = z.object({
  items: z.array(claimViewSchema),
  total: z.number(),
  continue: z.string().nullable(),
  observedAt: z.string().nullable(),
  stale: z.boolean(),
});
export type ClaimList = z.infer<typeof claimListSchema>;
