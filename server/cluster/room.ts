import type { Plural, Pod, Volume } from "@/server/domain/objects";
import { isFinished } from "./object-references";
import { remember } from "./remember";

type Source = {
  readonly podsOn: (node: string) => readonly Pod[];
  readonly volumes: () => readonly Volume[];
};

/** Who takes up what there is: nodes by pods, classes by volumes. Gathered once between changes, because many claims ask the same. */
export class Room {
  readonly #source: Source;
  readonly #pods = new Map<string, readonly Pod[]>();
  readonly #volumes = new Map<string, readonly Volume[]>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Pods that have the node and are not finished, of every namespace that is watched. */
  podsOnNode(node: string): readonly Pod[] {
    return remember(this.#pods, node, () =>
      this.#source.podsOn(node).filter((pod) => !isFinished(pod)),
    );
  }

  /** Volumes of the class of that name that no claim is bound to; "" is no class. */
  volumesOfClass(className: string): readonly Volume[] {
    return remember(this.#volumes, className, () =>
      this.#source
        .volumes()
        .filter(
          ({ spec, status }) =>
            status?.phase !== "Bound" && (spec?.storageClassName ?? "") === className,
        ),
    );
  }

  /** An object of the kind has changed. */
  forget(plural: Plural): void {
    if (plural === "pods") this.#pods.clear();
    if (plural === "persistentvolumes") this.#volumes.clear();
  }
}
