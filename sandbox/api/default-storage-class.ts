import { specOf } from "./builtin-rules";
import type { KubeObject } from "./objects";
import type { ApiState } from "./writes";

const IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";

function findDefault({ store }: ApiState): KubeObject | undefined {
  return store
    .snapshot("storageclasses.storage.k8s.io")
    .objects.find(({ metadata }) => metadata.annotations?.[IS_DEFAULT] === "true");
}

/** Gives a new claim that names no class the default one, as the admission plugin does. */
export function defaultStorageClass(api: ApiState): void {
  const claims = api.registry.byId("persistentvolumeclaims");
  if (!claims) throw new Error("claims are not served");
  const { setDefaults } = claims.rules;
  claims.rules = {
    ...claims.rules,
    setDefaults: (claim, before) => {
      setDefaults?.(claim, before);
      const spec = specOf(claim);
      if (before !== undefined || spec["storageClassName"] !== undefined) return;
      const name = findDefault(api)?.metadata.name;
      if (name !== undefined) spec["storageClassName"] = name;
    },
  };
}
