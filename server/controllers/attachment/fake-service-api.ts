import type { Meta, InferenceService } from "@/server/domain/objects";
import { AppError } from "@/server/errors";
import type { ClaimFieldWriter } from "@/server/ports";

type ManagedField = NonNullable<Meta["managedFields"]>[number];
type Change = Parameters<ClaimFieldWriter["apply"]>[0];

/**
 * One service as an API server would keep it, as far as the claim field and its owners go. For tests without a server;
 * the integration suite asks a real one the same questions.
 */
export class FakeServiceApi implements ClaimFieldWriter {
  service: InferenceService | null;
  /** Applies that reached the server and were not dry runs. */
  applied = 0;
  readonly #owners = new Map<string, "Apply" | "Update">();

  constructor(service: InferenceService) {
    this.service = service;
  }

  readonly read = async (): Promise<InferenceService | null> =>
    this.service && { ...this.service, metadata: this.#metadata(this.service) };

  readonly apply = async (change: Change): Promise<InferenceService> => {
    if (!change.dryRun) this.applied += 1;
    if (this.service?.metadata.uid !== change.uid) throw new AppError("Conflict", "uid mismatch");
    const differs = change.claimName !== claimOf(this.service);
    if (change.claimName !== null && differs && !change.force) this.#refuseForeign();
    if (change.dryRun) return this.service;
    if (change.claimName === null) this.#giveUp();
    else this.#own(change.claimName, differs);
    return { ...this.service, metadata: this.#metadata(this.service) };
  };

  /** An update by another manager, as `kubectl edit` makes it. */
  update(manager: string, claimName: string | null): void {
    this.#owners.clear();
    if (claimName !== null) this.#owners.set(manager, "Update");
    this.#set(claimName);
  }

  #own(claimName: string, differs: boolean): void {
    if (differs) this.#owners.clear();
    this.#owners.set("mooring", "Apply");
    this.#set(claimName);
  }

  #giveUp(): void {
    if (this.#owners.delete("mooring") && this.#owners.size === 0) this.#set(null);
  }

  #refuseForeign(): void {
    const others = [...this.#owners.keys()].filter((manager) => manager !== "mooring");
    if (others.length === 0) return;
    throw new AppError("Conflict", "Apply failed", {
      causes: others.map((manager) => ({
        reason: "FieldManagerConflict",
        field: ".spec.modelCache.claimName",
        message: `conflict with "${manager}" using inference.llmkube.dev/v1alpha1`,
      })),
    });
  }

  #set(claimName: string | null): void {
    if (this.service === null) return;
    const spec = { ...this.service.spec, modelCache: claimName === null ? {} : { claimName } };
    this.service = { ...this.service, spec };
  }

  #metadata(service: InferenceService): Meta {
    const fieldsV1 = { "f:spec": { "f:modelCache": { "f:claimName": {} } } };
    const managedFields: ManagedField[] = [...this.#owners].map(([manager, operation]) => ({
      manager,
      operation,
      fieldsV1,
      time: "2026-03-01T12:00:00Z",
    }));
    return { ...service.metadata, managedFields };
  }
}

const claimOf = ({ spec }: InferenceService): string | null => spec.modelCache?.claimName ?? null;
