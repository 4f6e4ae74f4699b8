import type { Attachment } from "@/server/contract/attachment";
import type { Check } from "@/server/contract/preflight";
import type { ObjectKey } from "@/server/contract/service-view";
import type { ServiceFacts } from "@/server/domain/facts";
import type { InferenceService } from "@/server/domain/objects";
import type {
  AccessReviewer,
  AttachmentStore,
  ClaimFieldWriter,
  NewTransition,
  StoredAttachment,
} from "@/server/ports";
import type { ClaimWish } from "./claim-wish";

/** How far a wish that the spec already says has got. */
export type ProgressPlan = (input: {
  readonly attachment: Attachment;
  readonly wish: ClaimWish;
  /** As just read from the API server. */
  readonly service: InferenceService;
  /** From the watch caches: may lag behind `service`. */
  readonly facts: ServiceFacts;
}) => NewTransition;

export type AttachmentReconcilerDeps = {
  readonly store: AttachmentStore;
  readonly writer: ClaimFieldWriter;
  readonly reviewer: AccessReviewer;
  /** null while the watch caches do not hold the service. */
  readonly facts: (key: ObjectKey, alsoClaims: readonly string[]) => ServiceFacts | null;
  /** Preflight of the wish on these facts; `takeOwnership` because it lifts the check for other owners. */
  readonly checks: (
    facts: ServiceFacts,
    wish: ClaimWish & { readonly takeOwnership: boolean },
  ) => readonly Check[];
  readonly progress: ProgressPlan;
  /** Told of each attachment after each change, and of a closed one whenever its id is reconciled. */
  readonly onChange: (attachment: Attachment) => void;
};

/** One attachment and its service as they are in this pass. */
export type Pass = {
  readonly stored: StoredAttachment;
  readonly service: InferenceService;
};
