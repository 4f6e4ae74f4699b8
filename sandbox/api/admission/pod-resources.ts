import { asArray, asRecord, asText, isRecord, type JsonRecord } from "../json";
import { parseQuantity } from "./parse-quantity";

/** By resource name. */
export type Amounts = Readonly<Record<string, number>>;

/** One container of a pod as admission looks at it. */
export interface ContainerResources {
  name: string;
  init: boolean;
  requests: Amounts;
  limits: Amounts;
}

export function amounts(value: unknown): Amounts {
  return Object.fromEntries(
    Object.entries(asRecord(value)).map(([name, text]) => [name, parseQuantity(asText(text))]),
  );
}

/** Every container of a pod's spec, the init containers first. */
export function containersOf(spec: JsonRecord): { container: JsonRecord; init: boolean }[] {
  const list = (field: string, init: boolean) =>
    asArray(spec[field])
      .filter(isRecord)
      .map((container) => ({ container, init }));
  return [...list("initContainers", true), ...list("containers", false)];
}

export function resourcesOf(spec: JsonRecord): ContainerResources[] {
  return containersOf(spec).map(({ container, init }) => {
    const resources = asRecord(container["resources"]);
    return {
      name: asText(container["name"]),
      init,
      requests: amounts(resources["requests"]),
      limits: amounts(resources["limits"]),
    };
  });
}

/** What the pod asks for as a whole: its containers together, or its largest init container. */
export function podTotal(
  containers: readonly ContainerResources[],
  of: "requests" | "limits",
): Amounts {
  const names = new Set(containers.flatMap((container) => Object.keys(container[of])));
  const sum = (name: string) =>
    containers.filter(({ init }) => !init).reduce((all, each) => all + (each[of][name] ?? 0), 0);
  const most = (name: string) =>
    Math.max(0, ...containers.filter(({ init }) => init).map((each) => each[of][name] ?? 0));
  return Object.fromEntries([...names].map((name) => [name, Math.max(sum(name), most(name))]));
}
