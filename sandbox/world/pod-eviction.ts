import type { Disks } from "./disks";
import type { Pod } from "./objects";
import { quantity } from "./quantity";

/** The kubelet's words when an emptyDir outgrew its limit; nothing while all are within theirs. */
export function overfullVolume(disks: Disks, pod: Pod): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    if (limit === undefined) continue;
    const used = disks.open(pod, name)?.usedBytes() ?? 0;
    if (used > quantity(limit)) {
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
    }
  }
  return undefined;
}
