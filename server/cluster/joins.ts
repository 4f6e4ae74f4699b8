import { localDiskOf, shareDisk } from "@/server/domain/local-disk";
import type { Claim, KindMap, Model, Plural, Pod, Volume } from "@/server/domain/objects";
import { claimKeyOfVolume, keyOf } from "./object-references";
import type { Relations } from "./relations";

type Get = <P extends Plural>(plural: P, key: string) => KindMap[P] | null;

/** What belongs together although no object names the other. */
export class Joins {
  readonly #relations: Relations;
  readonly #get: Get;

  constructor(relations: Relations, get: Get) {
    this.#relations = relations;
    this.#get = get;
  }

  /** Models of the same namespace that bring the same bytes or have the same directory, without the Model itself. */
  modelsLike(modelKey: string): readonly Model[] {
    const { modelBytes } = this.#relations;
    const keys = [...modelBytes.targetsOf(modelKey)].flatMap((bytes) => [
      ...modelBytes.ownersOf(bytes),
    ]);
    return [...new Set(keys)]
      .filter((key) => key !== modelKey)
      .flatMap((key) => this.#get("models", key) ?? []);
  }

  /** Keys of other claims whose volumes lie below the same directory of the same node. */
  diskNeighboursOf(claimKey: string): readonly string[] {
    const { claimVolume, volumeDisk } = this.#relations;
    const own = this.#volumes(claimVolume.targetsOf(claimKey))[0];
    const disk = own && localDiskOf(own);
    if (!own || !disk) return [];
    const sameParent = [...volumeDisk.targetsOf(keyOf(own))].flatMap((key) => [
      ...volumeDisk.ownersOf(key),
    ]);
    return this.#volumes(sameParent)
      .filter((volume) => shareDisk(disk, localDiskOf(volume) ?? disk))
      .flatMap((volume) => claimKeyOfVolume(volume) ?? [])
      .filter((key) => key !== claimKey && this.#get("persistentvolumeclaims", key) !== null);
  }

  /** The pod that makes the claim's directory on a node; null when there is none. */
  provisionerPodOf({ metadata }: Claim): Pod | null {
    const keys = [...this.#relations.helperClaimUid.ownersOf(metadata.uid)];
    return keys.flatMap((key) => this.#get("pods", key) ?? [])[0] ?? null;
  }

  #volumes(keys: Iterable<string>): Volume[] {
    return [...keys].flatMap((key) => this.#get("persistentvolumes", key) ?? []);
  }
}
