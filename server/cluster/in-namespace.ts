import type { AnyObject } from "@/server/domain/objects";

type Groups = ReadonlyMap<string, readonly AnyObject[]>;

/** By list: the index gives the same array until an object of the kind changes. */
const grouped = new WeakMap<readonly AnyObject[], Groups>();

/** The objects of the list that are in the namespace, in its order; each list is gone through once. */
export function inNamespace<T extends AnyObject>(
  list: readonly T[],
  namespace: string,
): readonly T[] {
  const kept = grouped.get(list);
  const groups = kept ?? group(list);
  if (kept === undefined) grouped.set(list, groups);
  // What was grouped is what the list holds.
  return (groups.get(namespace) ?? []) as readonly T[];
}

function group(list: readonly AnyObject[]): Groups {
  const groups = new Map<string, AnyObject[]>();
  for (const object of list) {
    const { namespace } = object.metadata;
    const group = groups.get(namespace);
    if (group === undefined) groups.set(namespace, [object]);
    else group.push(object);
  }
  return groups;
}
