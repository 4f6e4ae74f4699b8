import type { ClusterNode, Container, Pod } from "./objects";
import { quantity } from "./quantity";

/** Resource name → amount; `pods` counts pods. */
export type Amounts = Readonly<Record<string, number>>;

/** What the scheduler counts for a pod: its containers together, or its largest init container. */
export function requestsOf(pod: Pod): Amounts {
  const main = pod.spec.containers.map(containerRequests);
  const init = (pod.spec.initContainers ?? []).map(containerRequests);
  const sums: Record<string, number> = { pods: 1 };
  for (const amounts of main) {
    for (const [name, amount] of Object.entries(amounts)) sums[name] = (sums[name] ?? 0) + amount;
  }
  for (const amounts of init) {
    for (const [name, amount] of Object.entries(amounts)) {
      sums[name] = Math.max(sums[name] ?? 0, amount);
    }
  }
  return sums;
}

/** A limit without a request is its request, as the API server defaults it. */
function containerRequests(container: Container): Amounts {
  const { limits = {}, requests = {} } = container.resources ?? {};
  return Object.fromEntries(
    Object.entries({ ...limits, ...requests }).map(([name, text]) => [name, amountOf(name, text)]),
  );
}

/** As the scheduler counts, so that sums are exact: CPU in thousandths of a core, all else in whole units. */
function amountOf(name: string, text: string | undefined): number {
  const amount = quantity(text) * (name === "cpu" ? 1000 : 1);
  return Math.ceil(Number(amount.toFixed(6)));
}

/** The sum with this pod's requests. */
export function addRequests(sum: Amounts, pod: Pod): Amounts {
  const next: Record<string, number> = { ...sum };
  for (const [name, amount] of Object.entries(requestsOf(pod))) {
    next[name] = (next[name] ?? 0) + amount;
  }
  return next;
}

/** The scheduler's `Insufficient …` reasons; helpless when even the empty node would be too small. */
export function fitReasons(
  pod: Pod,
  node: ClusterNode,
  used: Amounts,
): { reasons: string[]; helpless: boolean } {
  const reasons: string[] = [];
  let helpless = false;
  for (const [name, wanted] of Object.entries(requestsOf(pod))) {
    const capacity = allocatable(node, name);
    if (wanted === 0 || wanted <= capacity - (used[name] ?? 0)) continue;
    reasons.push(name === "pods" ? "Too many pods" : `Insufficient ${name}`);
    helpless ||= wanted > capacity;
  }
  return { reasons, helpless };
}

/** How empty the node is in CPU and memory, 0 to 1. */
export function freeShare(node: ClusterNode, used: Amounts): number {
  const shares = ["cpu", "memory"].map((name) => {
    const capacity = allocatable(node, name);
    return capacity === 0 ? 0 : 1 - (used[name] ?? 0) / capacity;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function allocatable(node: ClusterNode, name: string): number {
  const amounts = node.status?.allocatable ?? node.status?.capacity ?? {};
  const text = amounts[name];
  if (text === undefined) return name === "pods" ? 110 : 0;
  return amountOf(name, text);
}
