import type { ClusterNode, Pod, PodSpec } from "./objects";
import { parseQuantity } from "./quantity";
import { formatBytes } from "./wording";

/** By resource name, in the scheduler's units: CPU in thousandths of a core, everything else in whole units (bytes, devices). */
export type Amounts = Readonly<Record<string, number>>;

type Container = NonNullable<PodSpec["containers"]>[number];
type Quantities = Readonly<Record<string, string>>;

/** Digits behind the point that a quantity can have and mean: below that it is the arithmetic of floats. */
const DIGITS = 6;

/** What the scheduler counts for a pod: its containers and sidecars together or its hungriest step of initialisation, and the overhead. */
export function requestsOf(spec: PodSpec | undefined): Amounts {
  if (spec === undefined) return {};
  let sidecars: Amounts = {};
  let steps: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const asked = requestsOfContainer(container);
    if (container.restartPolicy === "Always") {
      sidecars = plus(sidecars, asked);
      steps = most(steps, sidecars);
    } else {
      steps = most(steps, plus(sidecars, asked));
    }
  }
  const running = spec.containers.map(requestsOfContainer).reduce(plus, sidecars);
  const whole = { ...most(running, steps), ...requestsOfContainer(spec) };
  return plus(whole, toAmounts(spec.overhead ?? {}));
}

/** A limit without a request is a request, as the API server has it. */
function requestsOfContainer({ resources }: Pick<Container, "resources">): Amounts {
  return toAmounts({ ...resources?.limits, ...resources?.requests });
}

/** The quantities in the scheduler's units; what is no quantity counts for nothing. */
export function toAmounts(quantities: Quantities): Amounts {
  return Object.fromEntries(
    Object.entries(quantities).flatMap(([name, text]) => {
      const amount = toAmount(name, text);
      return amount === null ? [] : [[name, amount] as const];
    }),
  );
}

function toAmount(name: string, text: string): number | null {
  const amount = parseQuantity(text);
  if (amount === null) return null;
  return Math.ceil(Number((amount * (name === "cpu" ? 1000 : 1)).toFixed(DIGITS)));
}

/** Both together. */
export function plus(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => x + y);
}

function most(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, Math.max);
}

function combine(a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts {
  const sum: Record<string, number> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = how(sum[name] ?? 0, amount);
  return sum;
}

const summed = new WeakMap<readonly Pod[], Amounts>();

/** What the pods take of their node together; remembered by the list. */
export function usedBy(pods: readonly Pod[]): Amounts {
  const known = summed.get(pods);
  if (known !== undefined) return known;
  const sum = pods.map(({ spec }) => requestsOf(spec)).reduce(plus, {});
  summed.set(pods, sum);
  return sum;
}

/** What the node offers to pods; a node that does not say offers what it has. */
export function offeredBy({ status }: ClusterNode, name: string): number {
  const offered = status?.allocatable ?? status?.capacity ?? {};
  return toAmount(name, offered[name] ?? "0") ?? 0;
}

/** What of `asked` the node could not give even if it were empty, as half sentences about it. */
export function lacks(node: ClusterNode, asked: Amounts): string[] {
  const short = Object.entries(asked)
    .map(([name, amount]) => ({ name, amount, offered: offeredBy(node, name) }))
    .filter(({ amount, offered }) => amount > 0 && amount > offered);
  const reasons = short.map(({ name, amount, offered }) =>
    offered === 0
      ? `has no ${name}`
      : `offers ${show(name, offered)} of the ${show(name, amount)} ${name} that a pod asks for`,
  );
  return offeredBy(node, "pods") === 0 ? [...reasons, "takes no pods at all"] : reasons;
}

/** What of `asked` the node has not free beside `pods`, as half sentences about it. */
export function isOut(node: ClusterNode, asked: Amounts, pods: readonly Pod[]): string[] {
  const used = usedBy(pods);
  const short = Object.entries(asked)
    .map(([name, amount]) => {
      const free = offeredBy(node, name) - (used[name] ?? 0);
      return { name, amount, free };
    })
    // what the empty node could not give either is said elsewhere
    .filter(({ name, amount, free }) => amount > free && amount <= offeredBy(node, name))
    .filter(({ amount }) => amount > 0);
  const reasons = short.map(
    ({ name, amount, free }) =>
      `has free ${show(name, Math.max(0, free))} of the ${show(name, amount)} ${name} that a pod asks for`,
  );
  const limit = offeredBy(node, "pods");
  return pods.length + 1 > limit ? [...reasons, `runs all ${limit} pods it may`] : reasons;
}

function show(name: string, amount: number): string {
  if (name === "cpu") return String(amount / 1000);
  const isBytes = name === "memory" || name === "ephemeral-storage" || name.startsWith("hugepages");
  return isBytes ? formatBytes(amount) : String(amount);
}
