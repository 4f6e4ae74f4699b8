import type { Attachment } from "@/server/contract/attachment";

/** Finds the open attachments that a change may concern. */
export interface OpenAttachments {
  add(attachment: Attachment): void;
  remove(id: string): void;
  ofService(serviceKey: string): readonly string[];
  /** Those of a changed service, and those that ask for a changed claim, be it one that no service names yet. */
  affectedBy(changed: {
    readonly services: ReadonlySet<string>;
    readonly claims: ReadonlySet<string>;
  }): ReadonlySet<string>;
}

/** Keeps ids by service and by claim; the work per change grows with the change, not with what is open. */
export function createOpenAttachments(): OpenAttachments {
  const keysOf = new Map<string, readonly string[]>();
  const byKey = new Map<string, Set<string>>();

  const remove = (id: string): void => {
    for (const key of keysOf.get(id) ?? []) {
      const ids = byKey.get(key);
      ids?.delete(id);
      if (ids?.size === 0) byKey.delete(key);
    }
    keysOf.delete(id);
  };
  return {
    remove,
    add({ id, namespace, name, claimName, closedAt }) {
      remove(id);
      if (closedAt !== null) return;
      const claim = claimName === null ? [] : [claimKey(`${namespace}/${claimName}`)];
      const keys = [serviceKey(`${namespace}/${name}`), ...claim];
      keysOf.set(id, keys);
      for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(id));
    },
    ofService: (key) => [...(byKey.get(serviceKey(key)) ?? [])],
    affectedBy({ services, claims }) {
      const ids = new Set<string>();
      if (byKey.size === 0) return ids;
      const collect = (key: string) => byKey.get(key)?.forEach((id) => ids.add(id));
      for (const key of services) collect(serviceKey(key));
      for (const key of claims) collect(claimKey(key));
      return ids;
    },
  };
}

const serviceKey = (key: string): string => `service ${key}`;
const claimKey = (key: string): string => `claim ${key}`;
