/** What the reflector needs to know of a Kubernetes object. */
export type Listed = {
  readonly metadata: {
    readonly name: string;
    /** "" for cluster-scoped kinds. */
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
};

export type ListPage<T> = {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continueToken: string | null;
};

export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string }
  /** The server ends the watch; an AppError `Gone` when the resourceVersion is too old. */
  | { readonly type: "ERROR"; readonly error: Error };

/** One kind, in one namespace or in all, as the API server lists and watches it. Failures are AppErrors. */
export interface ListWatch<T> {
  list(options: {
    readonly limit: number;
    readonly continueToken: string | null;
    readonly signal: AbortSignal;
  }): Promise<ListPage<T>>;
  /**
   * Resolves once the server has accepted the watch; each element holds the events that arrived together. Ends when the
   * server ends the watch, throws when the connection breaks.
   */
  watch(options: {
    readonly resourceVersion: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
  }): Promise<AsyncIterable<readonly WatchEvent<T>[]>>;
}

/** `namespace/name`, or `name` alone for cluster-scoped kinds. */
export function keyOf({ metadata: { namespace, name } }: Listed): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
