import type { AnyResource } from "@/server/http/define-route";
import { attachment, attachmentCancel, attachments } from "./attachments";
import { persistentVolumeClaim, persistentVolumeClaims } from "./claims";
import { cluster, healthz, metrics, readyz, session } from "./cluster";
import { findings } from "./findings";
import {
  inferenceService,
  inferenceServiceAttachments,
  inferenceServiceClaimCandidates,
  inferenceServiceLogs,
  inferenceServiceReconcileRequests,
  inferenceServices,
  inferenceServiceTimeline,
} from "./inference-services";
import { preflight, preflightBulk } from "./preflight";
import { stream } from "./stream";

/** Every resource but the document that describes them. */
export const apiResources: readonly AnyResource[] = [
  inferenceServices,
  inferenceService,
  inferenceServiceTimeline,
  inferenceServiceLogs,
  inferenceServiceClaimCandidates,
  inferenceServiceAttachments,
  inferenceServiceReconcileRequests,
  attachments,
  attachment,
  attachmentCancel,
  preflight,
  preflightBulk,
  persistentVolumeClaims,
  persistentVolumeClaim,
  findings,
  cluster,
  session,
  stream,
  healthz,
  readyz,
  metrics,
];
