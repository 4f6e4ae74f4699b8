import { specOf } from "./builtin-rules";
import type { ApiState } from "./writes";

/** Classes that every cluster has. */
const SYSTEM: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

function valueOf({ store }: ApiState, name: string): number | undefined {
  const found = store
    .snapshot("priorityclasses.scheduling.k8s.io")
    .objects.find(({ metadata }) => metadata.name === name);
  return (found?.["value"] as number | undefined) ?? SYSTEM[name];
}

/** Writes into a new pod the value of the priority class that it names, as the admission plugin does; none without a class. */
export function podPriority(api: ApiState): void {
  const pods = api.registry.byId("pods");
  if (!pods) throw new Error("pods are not served");
  const { setDefaults } = pods.rules;
  pods.rules = {
    ...pods.rules,
    setDefaults: (pod, before) => {
      setDefaults?.(pod, before);
      const spec = specOf(pod);
      if (before !== undefined || spec["priority"] !== undefined) return;
      const name = spec["priorityClassName"];
      const value = typeof name === "string" && name !== "" ? valueOf(api, name) : 0;
      if (value !== undefined) spec["priority"] = value;
    },
  };
}
