import { AppError } from "@/server/errors";
import type { ObjectStore } from "@/server/ports";

/**
 * The store as long as `mayWrite` holds; after that every write is refused before it is sent, also one of a pass that is
 * under way. Reads go on.
 */
export function gateWrites(store: ObjectStore, mayWrite: () => boolean): ObjectStore {
  const admit = () => {
    if (!mayWrite())
      throw new AppError("Forbidden", "another operator does the work here: nothing is written");
  };
  return {
    get: (plural, key) => store.get(plural, key),
    list: (plural, options) => store.list(plural, options),
    create: async (plural, object) => {
      admit();
      return store.create(plural, object);
    },
    apply: async (plural, object, options) => {
      admit();
      return store.apply(plural, object, options);
    },
    replaceStatus: async (plural, object) => {
      admit();
      return store.replaceStatus(plural, object);
    },
    mergePatch: async (...call) => {
      admit();
      return store.mergePatch(...call);
    },
    delete: async (plural, key, options) => {
      admit();
      return store.delete(plural, key, options);
    },
  };
}
