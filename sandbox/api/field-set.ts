import type { FieldsV1 } from "./objects";

/**
 * A set of paths in an object, as managedFields hold them. A path element is written as on the wire: `f:name` a field,
 * `k:{"name":"x"}` a list item by its keys, `v:"x"` a set item. Immutable.
 */
export class FieldSet {
  static readonly EMPTY = new FieldSet(false, new Map());
  static readonly MEMBER = new FieldSet(true, new Map());

  /** Is the path that leads here itself in the set? */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;

  constructor(member: boolean, children: ReadonlyMap<string, FieldSet>) {
    this.member = member;
    this.children = children;
  }

  get isEmpty(): boolean {
    return !this.member && this.children.size === 0;
  }

  child(element: string): FieldSet {
    return this.children.get(element) ?? FieldSet.EMPTY;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [element, set] of other.children) {
      children.set(element, children.get(element)?.union(set) ?? set);
    }
    return new FieldSet(this.member || other.member, children);
  }

  intersection(other: FieldSet): FieldSet {
    return this.#combine(this.member && other.member, (element, set) =>
      set.intersection(other.child(element)),
    );
  }

  /** Without the exact paths of the other set; what lies below them stays. */
  difference(other: FieldSet): FieldSet {
    if (other.isEmpty) return this;
    return this.#combine(this.member && !other.member, (element, set) =>
      set.difference(other.child(element)),
    );
  }

  /** Without one top-level field and everything below it. */
  without(element: string): FieldSet {
    if (!this.children.has(element)) return this;
    const children = new Map(this.children);
    children.delete(element);
    return new FieldSet(this.member, children);
  }

  /** Only one top-level field and everything below it. */
  only(element: string): FieldSet {
    const set = this.children.get(element);
    return new FieldSet(false, new Map(set ? [[element, set]] : []));
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.member !== other.member || this.children.size !== other.children.size) return false;
    return [...this.children].every(([element, set]) => other.child(element).equals(set));
  }

  /** Every path, in order, as lists of elements. */
  paths(): string[][] {
    const below = [...this.children]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([element, set]) => set.paths().map((path) => [element, ...path]));
    return this.member ? [[], ...below] : below;
  }

  #combine(member: boolean, descend: (element: string, set: FieldSet) => FieldSet): FieldSet {
    const children = new Map<string, FieldSet>();
    for (const [element, set] of this.children) {
      const combined = descend(element, set);
      if (!combined.isEmpty) children.set(element, combined);
    }
    return new FieldSet(member, children);
  }
}

/** Collects paths while an object is walked. */
export class FieldSetBuilder {
  #member = false;
  readonly #children = new Map<string, FieldSetBuilder>();

  insert(): void {
    this.#member = true;
  }

  at(element: string): FieldSetBuilder {
    let child = this.#children.get(element);
    if (!child) {
      child = new FieldSetBuilder();
      this.#children.set(element, child);
    }
    return child;
  }

  build(): FieldSet {
    const children = new Map<string, FieldSet>();
    for (const [element, builder] of this.#children) {
      const set = builder.build();
      if (!set.isEmpty) children.set(element, set);
    }
    return new FieldSet(this.#member, children);
  }
}

export function decodeFields(fields: FieldsV1): FieldSet {
  return decodeNode(fields, false);
}

function decodeNode(fields: FieldsV1, isElement: boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, below] of Object.entries(fields)) {
    if (element !== ".") children.set(element, decodeNode(below, true));
  }
  return new FieldSet(isElement && (children.size === 0 || "." in fields), children);
}

export function encodeFields(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = {};
  if (set.member && set.children.size > 0) fields["."] = {};
  for (const [element, below] of [...set.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
    fields[element] = encodeFields(below);
  }
  return fields;
}

function printElement(element: string): string {
  if (element.startsWith("f:")) return `.${element.slice(2)}`;
  if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
  const keys = JSON.parse(element.slice(2)) as Record<string, unknown>;
  const parts = Object.keys(keys)
    .sort()
    .map((key) => `${key}=${JSON.stringify(keys[key])}`);
  return `[${parts.join(",")}]`;
}

/** `.spec.template.spec.containers[name="llama"].image` */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join("");
}
