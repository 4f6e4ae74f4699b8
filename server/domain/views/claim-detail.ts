import type { ClaimDetail } from "@/server/contract/claim-view";
import type { ClaimFacts } from "../facts";
import { describeSelector } from "../scheduling-selector";
import { plain } from "../wording";
import { buildClaimView } from "./claim-view";
import { toYaml } from "./to-yaml";
import { volumeSource } from "./volume-source";

/** The claim's row with its volume and its YAML. */
export function buildClaimDetail(facts: ClaimFacts): ClaimDetail {
  return {
    ...buildClaimView(facts),
    volume: buildVolume(facts),
    yaml: toYaml("PersistentVolumeClaim", facts.claim),
  };
}

function buildVolume({ volume }: ClaimFacts): ClaimDetail["volume"] {
  if (volume === null) return null;
  const required = volume.spec?.nodeAffinity?.required;
  return {
    name: volume.metadata.name,
    phase: volume.status?.phase ?? "Unknown",
    reclaimPolicy: volume.spec?.persistentVolumeReclaimPolicy ?? null,
    nodeAffinity: required === undefined ? null : plain(describeSelector(required)),
    source: volumeSource(volume).text,
  };
}
