import type { Deployment } from "@/server/domain/objects";
import type { FoundOperator, OperatorSearch } from "@/server/domain/operator-choice";
import { createReflector, type Reflector } from "@/server/runtime/reflector";
import type { ListWatch, WatchEvent } from "@/server/runtime/list-watch";
import { systemTimers, type Timers } from "@/server/runtime/timers";
import type { KubeHttp } from "./http-client";
import { createListWatch } from "./list-watch";
import { SERVICE_LABEL, toOperator } from "./operator-deployment";

/** Where LLMKube's chart installs by default. */
const USUAL_NAMESPACE = "llmkube-system";

export interface OperatorWatch {
  /** What is known now; null until the first answer. */
  search(): OperatorSearch | null;
  stop(): Promise<void>;
}

export type OperatorWatchOptions = {
  readonly http: KubeHttp;
  /** Those that Mooring was told to look at; null: all. */
  readonly namespaces: readonly string[] | null;
  /** Told when an operator appears, changes or goes away, and when it becomes known how far we can see. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
  readonly timers?: Timers;
};

/**
 * Keeps looking for LLMKube operators: in every namespace, or, as long as that is refused, where one would usually be and in
 * the namespaces that Mooring was told to look at. Ends by `stop` alone.
 */
export function watchOperators(options: OperatorWatchOptions): OperatorWatch {
  const places = [...new Set([USUAL_NAMESPACE, ...(options.namespaces ?? [])])];
  const perNamespace: Place[] = [];
  const told = () => {
    // Once begun they stay: what may be listed everywhere today may be refused again tomorrow.
    if (everywhere.isRefused() && perNamespace.length === 0) {
      perNamespace.push(...places.map((place) => watchPlace(place, options, told)));
      for (const { reflector } of perNamespace) reflector.start();
    }
    options.onChange();
  };
  const everywhere = watchPlace(null, options, told);
  everywhere.reflector.start();
  const search = (): OperatorSearch | null => {
    if (everywhere.isRead())
      return { operators: sorted(everywhere.operators.values()), complete: true };
    const isAnswered = everywhere.isRefused() && perNamespace.every((place) => place.isAnswered());
    if (!isAnswered) return null;
    const found = perNamespace.flatMap(({ operators }) => [...operators.values()]);
    return { operators: sorted(found), complete: false };
  };
  return {
    search,
    stop: async () => {
      await Promise.all([everywhere, ...perNamespace].map(({ reflector }) => reflector.stop()));
    },
  };
}

type Place = {
  readonly operators: ReadonlyMap<string, FoundOperator>;
  readonly reflector: Reflector;
  readonly isRead: () => boolean;
  readonly isRefused: () => boolean;
  readonly isAnswered: () => boolean;
};

function watchPlace(
  namespace: string | null,
  { http, onError, timers = systemTimers }: OperatorWatchOptions,
  onChange: () => void,
): Place {
  const operators = new Map<string, FoundOperator>();
  const source = createListWatch({
    http,
    plural: "deployments",
    namespace,
    labelSelector: `!${SERVICE_LABEL}`,
  });
  const reflector = createReflector<Deployment>({
    source: onlyOperators(source),
    sink: {
      upsert(deployments) {
        for (const deployment of deployments) {
          const operator = toOperator(deployment);
          if (operator) operators.set(`${operator.namespace}/${operator.name}`, operator);
        }
        onChange();
      },
      remove(keys) {
        for (const key of keys) operators.delete(key);
        onChange();
      },
    },
    onStateChange: onChange,
    onError,
    timers,
  });
  const isRead = () => reflector.state().synced;
  const isRefused = () => reflector.state().visible === false;
  return { operators, reflector, isRead, isRefused, isAnswered: () => isRead() || isRefused() };
}

/** Most Deployments are none of ours: they are dropped on arrival. */
function onlyOperators(source: ListWatch<Deployment>): ListWatch<Deployment> {
  return {
    async list(options) {
      const page = await source.list(options);
      return { ...page, items: page.items.filter((item) => toOperator(item) !== null) };
    },
    async watch(options) {
      return kept(await source.watch(options));
    },
  };
}

async function* kept(
  batches: AsyncIterable<readonly WatchEvent<Deployment>[]>,
): AsyncGenerator<readonly WatchEvent<Deployment>[]> {
  for await (const batch of batches) yield batch.map(toKept);
}

function toKept(event: WatchEvent<Deployment>): WatchEvent<Deployment> {
  const isOther =
    (event.type === "ADDED" || event.type === "MODIFIED") && toOperator(event.object) === null;
  return isOther ? { type: "DELETED", object: event.object } : event;
}

function sorted(operators: Iterable<FoundOperator>): FoundOperator[] {
  const keyOf = ({ namespace, name }: FoundOperator) => `${namespace}/${name}`;
  return [...operators].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
