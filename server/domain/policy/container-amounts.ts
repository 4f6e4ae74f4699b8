import type { LimitRange, PodSpec } from "../objects";
import { parseQuantity } from "../quantity";

/** By resource name: cores, bytes, devices. */
export type Amounts = Readonly<Record<string, number>>;

/** What one container asks for once the API server has filled in what it fills in. */
export type ContainerAmounts = {
  readonly name: string;
  /** `init` runs before the others, one at a time; `sidecar` is an init container that stays. */
  readonly role: "main" | "init" | "sidecar";
  readonly requests: Amounts;
  readonly limits: Amounts;
};

type Container = PodSpec["containers"][number];
type Texts = Readonly<Record<string, string>> | undefined;

/**
 * Requests and limits of every container of a pod as quotas and limit ranges see them: a limit without a request is a request, and
 * limit ranges fill in their defaults. Follows SetDefaults_Pod and LimitRanger's mergePodResourceRequirements.
 */
export function containerAmounts(
  spec: PodSpec,
  limitRanges: readonly LimitRange[],
): ContainerAmounts[] {
  const all = [
    ...(spec.initContainers ?? []).map((container) => ({ container, init: true })),
    ...spec.containers.map((container) => ({ container, init: false })),
  ];
  return all.map(({ container, init }) => withDefaults(amountsOf(container, init), limitRanges));
}

function amountsOf(container: Container, init: boolean): ContainerAmounts {
  const limits = parse(container.resources?.limits);
  const requests = { ...limits, ...parse(container.resources?.requests) };
  const stays = init && container.restartPolicy === "Always";
  return {
    name: container.name,
    role: stays ? "sidecar" : init ? "init" : "main",
    requests,
    limits,
  };
}

function withDefaults(amounts: ContainerAmounts, ranges: readonly LimitRange[]): ContainerAmounts {
  return ranges
    .flatMap(({ spec }) => spec?.limits ?? [])
    .filter(({ type }) => type === "Container")
    .reduce(
      (filled, item) => ({
        ...filled,
        limits: { ...parse(item.default), ...filled.limits },
        requests: { ...parse(item.defaultRequest), ...filled.requests },
      }),
      amounts,
    );
}

/** What is no quantity asks for nothing: the API server stores none. */
export function parse(texts: Texts): Amounts {
  return Object.fromEntries(
    Object.entries(texts ?? {}).flatMap(([name, text]) => {
      const amount = parseQuantity(text);
      return amount === null ? [] : [[name, amount] as const];
    }),
  );
}

/** What the pod asks for as a whole: the containers together, or the largest init container with the sidecars before it. */
export function podAmounts(
  containers: readonly ContainerAmounts[],
  of: "requests" | "limits",
): Amounts {
  const names = new Set(containers.flatMap((container) => Object.keys(container[of])));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      podAmount(containers.map((each) => ({ ...each, amount: each[of][name] ?? 0 }))),
    ]),
  );
}

function podAmount(containers: readonly { role: ContainerAmounts["role"]; amount: number }[]) {
  let sidecars = 0;
  let largestStart = 0;
  let together = 0;
  for (const { role, amount } of containers) {
    if (role === "main") together += amount;
    else if (role === "sidecar") {
      sidecars += amount;
      largestStart = Math.max(largestStart, sidecars);
    } else largestStart = Math.max(largestStart, sidecars + amount);
  }
  return Math.max(together + sidecars, largestStart);
}
