import { hasReason } from "@/server/errors";
import type { Manifest, ObjectStore, WritableKindMap, WritablePlural } from "@/server/ports";
import type { KubeHttp, KubeRequest } from "./http-client";
import { normalise, type RawObject } from "./project";
import { collectionPath, objectPath, resourceOf } from "./resources";

type RawList = {
  readonly items: readonly RawObject[] | null;
  readonly metadata: { readonly continue?: string };
};

const PAGE_LIMIT = 500;

/** Objects through the API server. `fieldManager` is who creates and who writes status. */
export function createObjectStore(options: {
  readonly http: KubeHttp;
  readonly fieldManager: string;
}): ObjectStore {
  return new HttpObjectStore(options.http, options.fieldManager);
}

class HttpObjectStore implements ObjectStore {
  readonly #http: KubeHttp;
  readonly #fieldManager: string;

  constructor(http: KubeHttp, fieldManager: string) {
    this.#http = http;
    this.#fieldManager = fieldManager;
  }

  get: ObjectStore["get"] = async (plural, key) => {
    try {
      return await this.#one(plural, { path: objectPath(resourceOf(plural), key) });
    } catch (error) {
      if (hasReason(error, "NotFound")) return null;
      throw error;
    }
  };

  list: ObjectStore["list"] = async (plural, { namespace, labelSelector }) => {
    const path = collectionPath(resourceOf(plural), namespace ?? null);
    const items: RawObject[] = [];
    let next: string | undefined;
    do {
      const query = { limit: PAGE_LIMIT, continue: next, labelSelector };
      // The answer to a LIST is a list by the API's schema.
      const page = (await this.#http.json({ path, query })) as RawList;
      items.push(...(page.items ?? []));
      next = page.metadata.continue;
    } while (next);
    return items.map((item) => this.#typed(plural, item));
  };

  create: ObjectStore["create"] = (plural, object) => {
    const resource = resourceOf(plural);
    return this.#one(plural, {
      method: "POST",
      path: collectionPath(resource, object.metadata.namespace ?? null),
      query: { fieldManager: this.#fieldManager },
      body: toWire(object),
    });
  };

  apply: ObjectStore["apply"] = (plural, object, { fieldManager, force, dryRun }) =>
    this.#one(plural, {
      method: "PATCH",
      path: pathOf(plural, object),
      query: { fieldManager, force, dryRun: dryRun === true ? "All" : undefined },
      contentType: "application/apply-patch+yaml",
      body: toWire(object),
    });

  replaceStatus: ObjectStore["replaceStatus"] = (plural, object) =>
    this.#one(plural, {
      method: "PUT",
      path: `${pathOf(plural, object)}/status`,
      query: { fieldManager: this.#fieldManager },
      body: toWire(object),
    });

  mergePatch: ObjectStore["mergePatch"] = (plural, ...[key, patch, { fieldManager }]) =>
    this.#one(plural, {
      method: "PATCH",
      path: objectPath(resourceOf(plural), key),
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      body: patch,
    });

  /** One that is gone already is as good as deleted. */
  delete: ObjectStore["delete"] = async (plural, key, { uid }) => {
    try {
      await this.#http.json({
        method: "DELETE",
        path: objectPath(resourceOf(plural), key),
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          preconditions: { uid },
          propagationPolicy: "Background",
        },
      });
    } catch (error) {
      if (!hasReason(error, "NotFound")) throw error;
    }
  };

  async #one<P extends WritablePlural>(plural: P, call: KubeRequest): Promise<WritableKindMap[P]> {
    // The API server answers with the object it stored.
    return this.#typed(plural, (await this.#http.json(call)) as RawObject);
  }

  #typed<P extends WritablePlural>(plural: P, raw: RawObject): WritableKindMap[P] {
    // It was validated against the schema that the type is written after.
    return normalise(plural, raw) as unknown as WritableKindMap[P];
  }
}

function pathOf(plural: WritablePlural, { metadata }: Manifest): string {
  const { namespace = "", name = "" } = metadata;
  return objectPath(resourceOf(plural), { namespace, name });
}

/** Inside, cluster-scoped objects have the namespace ""; on the wire they have none. */
function toWire(object: Manifest): unknown {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: namespace ? { ...metadata, namespace } : metadata };
}
