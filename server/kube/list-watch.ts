import { AppError } from "@/server/errors";
import type { WritableKindMap, WritablePlural } from "@/server/ports";
import type { ListWatch, WatchEvent } from "@/server/runtime/list-watch";
import type { KubeHttp } from "./http-client";
import { readJsonLines } from "./json-lines";
import { isKept, project, type RawObject } from "./project";
import { collectionPath, resourceOf } from "./resources";
import { toStatusError } from "./status-error";

type RawList = {
  readonly items: readonly RawObject[] | null;
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
};
type RawEvent = { readonly type: string; readonly object: RawObject };

export type ListWatchOptions<P extends WritablePlural> = {
  readonly http: KubeHttp;
  readonly plural: P;
  /** null: all namespaces. */
  readonly namespace: string | null;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
};

/** One kind as the API server lists and watches it, projected before anybody keeps it. What Mooring has no use for is left out. */
export function createListWatch<P extends WritablePlural>(
  options: ListWatchOptions<P>,
): ListWatch<WritableKindMap[P]> {
  const { http, plural, namespace, labelSelector, fieldSelector } = options;
  const path = collectionPath(resourceOf(plural), namespace);
  const selectors = { labelSelector, fieldSelector };
  return {
    async list({ limit, continueToken, signal }) {
      const query = { ...selectors, limit, continue: continueToken ?? undefined };
      // The answer to a LIST is a list by the API's schema.
      const { items, metadata } = (await http.json({ path, query, signal })) as RawList;
      return {
        items: (items ?? [])
          .filter((raw) => isKept(plural, raw))
          .map((raw) => project(plural, raw)),
        resourceVersion: metadata.resourceVersion ?? "",
        continueToken: metadata.continue === "" ? null : (metadata.continue ?? null),
      };
    },
    async watch({ resourceVersion, timeoutSeconds, signal }) {
      const query = { ...selectors, resourceVersion, timeoutSeconds };
      const chunks = await http.stream({
        path,
        query: { ...query, watch: true, allowWatchBookmarks: true },
        signal,
      });
      return readEvents(plural, chunks);
    },
  };
}

async function* readEvents<P extends WritablePlural>(
  plural: P,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly WatchEvent<WritableKindMap[P]>[]> {
  for await (const batch of readJsonLines(chunks)) {
    // A watch sends nothing but events by the API's schema.
    yield (batch as readonly RawEvent[]).map((event) => toEvent(plural, event));
  }
}

function toEvent<P extends WritablePlural>(
  plural: P,
  { type, object }: RawEvent,
): WatchEvent<WritableKindMap[P]> {
  switch (type) {
    case "ADDED":
    case "MODIFIED": {
      // One that is of no use any more is gone as far as we are concerned.
      const kept = isKept(plural, object);
      return { type: kept ? type : "DELETED", object: project(plural, object) };
    }
    case "DELETED":
      return { type, object: project(plural, object) };
    case "BOOKMARK":
      return { type, resourceVersion: object.metadata.resourceVersion };
    case "ERROR":
      return { type, error: toStatusError(`watching ${plural}`, { code: 500, body: object }) };
    default:
      return {
        type: "ERROR",
        error: new AppError("InternalError", `watching ${plural}: unknown event ${type}`),
      };
  }
}
