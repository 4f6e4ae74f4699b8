import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts } from "../facts";
import type { ClusterNode } from "../objects";
import { neighboursText, nodeDiskOf } from "../space";
import { plain, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** The claim is a directory of a node that reports itself short of disk space; names who else lies there. */
export function nodeDiskPressure(facts: ClaimFacts): Finding | null {
  const disk = nodeDiskOf(facts);
  const node = disk?.node ?? null;
  const pressure = node === null ? null : pressureOf(node);
  if (disk === null || node === null || pressure === null) return null;
  const others = neighboursText(disk);
  return buildFinding({
    code: "NodeDiskPressure",
    severity: "warning",
    message: `Node ${quote(disk.nodeName)}, on whose disk claim ${quote(facts.claim.metadata.name)} lies, is short of disk space: it takes no new pods and may evict those it has. ${others === "" ? "No other claim is known to lie beside it." : `Beside it: ${others}.`}`,
    nextStep:
      "Free space on the node: directories of Models that no service uses, released volumes, images. The kubelet looks at its own file system; a volume on another disk is not the cause.",
    since: pressure.lastTransitionTime ?? null,
    evidence: [
      seen(facts.surroundings, {
        kind: "Node",
        object: node,
        field: "status.conditions[DiskPressure]",
        value: `True: ${plain(pressure.message ?? "no message")}`,
      }),
      ...volumeEvidence(facts),
    ],
  });
}

function pressureOf({ status }: ClusterNode) {
  const conditions = status?.conditions ?? [];
  return (
    conditions.find(({ type, status: value }) => type === "DiskPressure" && value === "True") ??
    null
  );
}

function volumeEvidence({ volume, surroundings }: ClaimFacts): Evidence[] {
  if (volume === null) return [];
  const { local, hostPath } = volume.spec ?? {};
  const path = local?.path ?? hostPath?.path ?? "";
  const field = local === undefined ? "spec.hostPath.path" : "spec.local.path";
  return [seen(surroundings, { kind: "PersistentVolume", object: volume, field, value: path })];
}
