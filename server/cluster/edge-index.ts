const NONE: ReadonlySet<string> = new Set();

/** Which owners point at which targets, readable from both ends. */
export class EdgeIndex {
  readonly #targets = new Map<string, ReadonlySet<string>>();
  readonly #owners = new Map<string, Set<string>>();

  targetsOf(owner: string): ReadonlySet<string> {
    return this.#targets.get(owner) ?? NONE;
  }

  ownersOf(target: string): ReadonlySet<string> {
    return this.#owners.get(target) ?? NONE;
  }

  /** Replaces all targets of `owner`. */
  set(owner: string, targets: Iterable<string>): void {
    const next = new Set(targets);
    for (const target of this.targetsOf(owner)) if (!next.has(target)) this.#cut(owner, target);
    for (const target of next) {
      const owners = this.#owners.get(target);
      if (owners) owners.add(owner);
      else this.#owners.set(target, new Set([owner]));
    }
    if (next.size === 0) this.#targets.delete(owner);
    else this.#targets.set(owner, next);
  }

  #cut(owner: string, target: string): void {
    const owners = this.#owners.get(target);
    owners?.delete(owner);
    if (owners?.size === 0) this.#owners.delete(target);
  }
}
