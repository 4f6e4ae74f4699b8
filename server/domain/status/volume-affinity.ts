import type { Claim, Pod, Volume } from "../objects";

/** Looks up what a pod's volumes lead to; null when it is not there or not visible. */
export type VolumeLookup = {
  readonly claim: (namespace: string, name: string) => Claim | null;
  readonly volume: (name: string) => Volume | null;
};

const SCHEDULER_REFUSAL = "didn't match PersistentVolume's node affinity";
const BINDING_REFUSAL = "node affinity doesn't match node";

/**
 * Says, for a pod that cannot be scheduled, that its first claim's volume names no node at all: a provisioner that never finished. Null for
 * every other cause, such as a volume that is pinned to a real node.
 */
export function diagnoseVolumeAffinity(
  pod: Pod,
  message: string,
  lookup: VolumeLookup,
): string | null {
  if (!isAffinityRefusal(message)) return null;
  const claimName = firstClaim(pod);
  if (claimName === null) return null;
  const claim = lookup.claim(pod.metadata.namespace, claimName);
  const volumeName = claim?.spec?.volumeName ?? "";
  const volume = volumeName === "" ? null : lookup.volume(volumeName);
  if (volume === null || !namesNoNode(volume)) return null;
  return describe({ volumeName, claimName, node: refusedNode(message) });
}

function isAffinityRefusal(message: string): boolean {
  if (message.includes(SCHEDULER_REFUSAL)) return true;
  const binding =
    message.includes(`PreBind plugin "VolumeBinding"`) || message.includes("binding volumes");
  return binding && message.includes(BINDING_REFUSAL);
}

function firstClaim(pod: Pod): string | null {
  const volume = pod.spec?.volumes?.find((entry) => entry.persistentVolumeClaim !== undefined);
  return volume?.persistentVolumeClaim?.claimName ?? null;
}

/** A required affinity to a list of nodes that is empty or blank matches nothing. */
function namesNoNode(volume: Volume): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return terms
    .flatMap((term) => term.matchExpressions ?? [])
    .some(
      ({ operator, values = [] }) =>
        operator === "In" && values.every((value) => value.trim() === ""),
    );
}

/** The node is the last quoted name of the binder's text. */
function refusedNode(message: string): string | null {
  return /node affinity doesn't match node "([^"]+)"/.exec(message)?.[1] ?? null;
}

type Unbindable = {
  readonly volumeName: string;
  readonly claimName: string;
  readonly node: string | null;
};

function describe({ volumeName, claimName, node }: Unbindable): string {
  const where = node === null ? "" : `, so the pod cannot start on "${node}"`;
  return [
    `model cache volume was never provisioned: PersistentVolume "${volumeName}" has a node affinity that matches no node${where}.`,
    `Claim: ${claimName}.`,
    "The provisioner left the volume unfinished, most often because its helper pod was kept off the node by a taint.",
    "Delete the claim and make it again with a storage class whose provisioner can run there.",
  ].join(" ");
}
