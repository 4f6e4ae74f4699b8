import { createObjectIndex } from "@/server/cluster/object-index";
import { createInferenceServiceReconciler } from "@/server/controllers/inference-service/inference-service-reconciler";
import { createModelReconciler } from "@/server/controllers/model/model-reconciler";
import { ALL_IMPROVEMENTS } from "@/server/domain/improvements";
import type { Plural } from "@/server/domain/objects";
import type { OperatorUnderTest } from "../operator-under-test";
import type { KubeHttp } from "@/server/kube/http-client";
import { createListWatch } from "@/server/kube/list-watch";
import { createObjectStore } from "@/server/kube/object-store";
import { localFileReader } from "@/server/sources/local-file-reader";
import { replicaReader } from "@/server/kube/replica-reader";
import { kindOfPlural, systemClock, type ObjectStore, type OwnedPlural } from "@/server/ports";

/**
 * What an operator that knows nothing would write now: every object of the namespace is listed anew, and one pass is made
 * over every Model and service, with each write noted in place of being sent. Empty: everything is as it has to be.
 */
export async function findFreshWrites(
  { http, settings }: Pick<OperatorUnderTest, "http" | "settings">,
  namespace: string,
): Promise<readonly string[]> {
  const index = createObjectIndex({ settings });
  const now = new Date().toISOString();
  // The services last: whatever they depend on is then at least as new.
  const plurals = Object.keys(kindOfPlural) as Plural[];
  for (const plural of [...plurals].reverse()) {
    index.upsert(plural, await listAll(http, plural, namespace), now);
  }
  const owned = {
    services: byKey(await listAll(http, "services", namespace)),
    horizontalpodautoscalers: byKey(await listAll(http, "horizontalpodautoscalers", namespace)),
  };
  const writes: string[] = [];
  const deps = {
    index,
    owned: { get: (plural: OwnedPlural, key: string) => (owned[plural].get(key) ?? null) as never },
    store: refusingStore(createObjectStore({ http, fieldManager: "nobody" }), writes),
    replicas: replicaReader,
    files: localFileReader,
    clock: systemClock,
    settings,
    improvements: ALL_IMPROVEMENTS,
  };
  const passes = {
    models: createModelReconciler(deps),
    inferenceservices: createInferenceServiceReconciler(deps),
  };
  for (const plural of ["models", "inferenceservices"] as const) {
    for (const { metadata } of index.list(plural)) {
      await untilWrite(() => passes[plural](`${metadata.namespace}/${metadata.name}`));
    }
  }
  return writes;
}

async function listAll<P extends Plural | OwnedPlural>(
  http: KubeHttp,
  plural: P,
  namespace: string,
) {
  const clusterScoped = ["persistentvolumes", "storageclasses", "nodes", "namespaces"];
  const source = createListWatch({
    http,
    plural,
    namespace: clusterScoped.includes(plural) ? null : namespace,
  });
  const signal = new AbortController().signal;
  return (await source.list({ limit: 10_000, continueToken: null, signal })).items;
}

function byKey<T extends { readonly metadata: { namespace: string; name: string } }>(
  objects: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(
    objects.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
}

class WouldWrite extends Error {}

/** A pass ends where it would write. */
async function untilWrite(pass: () => Promise<unknown>): Promise<void> {
  try {
    await pass();
  } catch (error) {
    if (!(error instanceof WouldWrite)) throw error;
  }
}

function refusingStore(store: ObjectStore, writes: string[]): ObjectStore {
  const refuse =
    (verb: string) =>
    (plural: string, object: unknown, detail?: unknown): Promise<never> => {
      writes.push(`${verb} ${plural} ${JSON.stringify(object)} ${JSON.stringify(detail ?? null)}`);
      return Promise.reject(new WouldWrite());
    };
  return {
    get: (plural, key) => store.get(plural, key),
    list: (plural, options) => store.list(plural, options),
    create: refuse("create"),
    apply: refuse("apply"),
    replaceStatus: refuse("replaceStatus"),
    mergePatch: refuse("mergePatch"),
    delete: refuse("delete"),
  };
}
