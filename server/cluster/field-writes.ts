import { claimFieldOwners } from "@/server/domain/field-owner";
import { declaredClaim } from "@/server/domain/claim-selection";
import type { FieldWrite } from "@/server/domain/facts";
import type { InferenceService } from "@/server/domain/objects";

/** Generations remembered per service. */
const MOST = 64;
/** Longer ago than this before the newest is forgotten. */
const KEPT_MS = 15 * 60_000;

type Remembered = { readonly uid: string; readonly writes: readonly FieldWrite[] };

/** The last generations of each service, with who set its claim: what several writers do to one field is seen over time only. */
export class FieldWrites {
  readonly #services = new Map<string, Remembered>();

  /** Notes the version unless its generation is the last one already. `at` is RFC 3339. */
  see(key: string, service: InferenceService, at: string): void {
    const { uid, generation = 0, managedFields } = service.metadata;
    const known = this.#services.get(key);
    const writes = known?.uid === uid ? known.writes : [];
    if (writes.at(-1)?.generation === generation) return;
    const claimName = declaredClaim(service);
    const manager = claimFieldOwners(managedFields)[0]?.manager ?? null;
    const oldest = Date.parse(at) - KEPT_MS;
    const kept = writes.filter((write) => Date.parse(write.at) >= oldest).slice(1 - MOST);
    this.#services.set(key, { uid, writes: [...kept, { generation, at, claimName, manager }] });
  }

  /** Oldest first. */
  of(key: string): readonly FieldWrite[] {
    return this.#services.get(key)?.writes ?? [];
  }

  forget(key: string): void {
    this.#services.delete(key);
  }
}
