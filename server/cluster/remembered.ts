import type { Download } from "@/server/contract/service-view";
import type { FieldWrite, HeldEntry } from "@/server/domain/facts";
import type { AnyObject, Claim, InferenceService, Plural, Pod } from "@/server/domain/objects";
import { FieldWrites } from "./field-writes";
import { HeldEntries } from "./held-entries";
import { keyOf } from "./object-references";

/** What objects showed once and do not show any more, bounded, as long as the process lives. */
export class Remembered {
  readonly #held = new HeldEntries();
  readonly #writes = new FieldWrites();

  /** `at`: RFC 3339 when this version was seen; `download`: of the pod, null when it has none. */
  see(
    plural: Plural,
    object: AnyObject,
    { at, download }: { readonly at: string; readonly download: Download | null },
  ): void {
    // Each is of the kind that its plural names.
    if (plural === "pods") this.#held.see(object as Pod, download?.totalBytes ?? null);
    if (plural === "inferenceservices") {
      this.#writes.see(keyOf(object), object as InferenceService, at);
    }
  }

  forget(plural: Plural, key: string): void {
    if (plural === "persistentvolumeclaims") this.#held.forget(key);
    if (plural === "inferenceservices") this.#writes.forget(key);
  }

  /** What was seen to be brought onto this claim, oldest first. */
  heldOn(claim: Claim): readonly HeldEntry[] {
    return this.#held.on(keyOf(claim), claim.metadata.creationTimestamp);
  }

  /** The service's last generations, oldest first. */
  writesOf(serviceKey: string): readonly FieldWrite[] {
    return this.#writes.of(serviceKey);
  }
}
