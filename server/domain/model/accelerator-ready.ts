import { claimsDevices, gpuResourceName } from "../deployment/gpu";
import type { ClusterNode, Model } from "../objects";
import { parseQuantity } from "../quantity";

/** Accelerators that no node has to offer. */
const UNCOUNTED: ReadonlySet<string> = new Set(["", "cpu", "metal"]);
const RESOURCES: Readonly<Record<string, string>> = {
  cuda: "nvidia.com/gpu",
  rocm: "amd.com/gpu",
};

/**
 * Whether some node offers the device that the Model asks for; undefined, as the API leaves out a false, when none does. `nodes` null: they
 * cannot be seen, and none is assumed to be missing. Devices behind resource claims are not looked for.
 */
export function acceleratorReady(
  model: Model,
  nodes: readonly ClusterNode[] | null,
): true | undefined {
  const resource = deviceOf(model);
  if (nodes === null || resource === null) return true;
  return nodes.some((node) => offers(node, resource)) ? true : undefined;
}

/** The resource that counts the device; null when none has to be counted. */
function deviceOf(model: Model): string | null {
  const { accelerator = "", gpu } = model.spec.hardware ?? {};
  const kind = accelerator.trim().toLowerCase();
  if (UNCOUNTED.has(kind) || claimsDevices(model)) return null;
  const named = gpu?.resourceName?.trim() ?? "";
  return named === "" ? (RESOURCES[kind] ?? gpuResourceName(model)) : named;
}

function offers({ status }: ClusterNode, resource: string): boolean {
  return (parseQuantity(status?.capacity?.[resource] ?? "0") ?? 0) > 0;
}
