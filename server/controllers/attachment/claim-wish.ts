import type { FieldOwner } from "@/server/contract/service-view";
import {
  claimFieldOwners,
  lastWriter,
  MOORING_MANAGER,
  otherOwners,
} from "@/server/domain/field-owner";
import type { InferenceService } from "@/server/domain/objects";
import type { StoredAttachment } from "@/server/ports";

/** What an attachment wants the spec to say. `persistence: null` does not care. */
export type ClaimWish = {
  readonly claimName: string | null;
  readonly persistence: "Cached" | "Ephemeral" | null;
};

/** What the stored request wants. */
export function wishOf({ attachment, persistence }: StoredAttachment): ClaimWish {
  return { claimName: attachment.claimName, persistence };
}

/** Whether the spec says what is wished, whoever wrote it. */
export function isSaid(service: InferenceService, wish: ClaimWish): boolean {
  const cache = service.spec.modelCache;
  if ((cache?.claimName ?? null) !== wish.claimName) return false;
  return wish.persistence === null || cache?.persistence === wish.persistence;
}

/** Whether there is nothing left to write: the spec says it and, where there is a field to own, Mooring owns it. */
export function isWritten(service: InferenceService, wish: ClaimWish): boolean {
  if (!isSaid(service, wish)) return false;
  if (wish.claimName === null) return true;
  const owners = claimFieldOwners(service.metadata.managedFields);
  return owners.some((owner) => owner.manager === MOORING_MANAGER);
}

/** Who is behind a claim field that does not say what Mooring wrote: its owner now, else the last writer of the object. */
export function whoChanged(service: InferenceService): FieldOwner | null {
  const { managedFields } = service.metadata;
  const owners = claimFieldOwners(managedFields);
  return otherOwners(owners)[0] ?? owners[0] ?? lastWriter(managedFields);
}

/** Managers other than Mooring that own the claim field. */
export function holdersOf(service: InferenceService): string[] {
  return otherOwners(claimFieldOwners(service.metadata.managedFields)).map(
    (owner) => owner.manager,
  );
}
