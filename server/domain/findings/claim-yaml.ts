import type { FindingAction } from "@/server/contract/finding";
import type { ServiceFacts } from "../facts";
import { parseHumanSize } from "../quantity";
import { desiredReplicas } from "../service-state";
import { yamlText } from "../yaml-text";

const GIB = 1024 ** 3;
/** Room for the file beside its `.tmp` leftovers and the file system's own needs. */
const HEADROOM = 1.2;
/** What a claim name must look like for the API server to store one. */
const CLAIM_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;

/** Whether a claim of that name could exist at all; the spec accepts names that no claim can have. */
export function isPossibleClaimName(name: string): boolean {
  return name.length <= 253 && CLAIM_NAME.test(name);
}

/** Shows a claim that would do for the service; none when no claim can have the name. */
export function claimYamlActions(facts: ServiceFacts, claimName: string): FindingAction[] {
  if (!isPossibleClaimName(claimName)) return [];
  const yaml = buildClaimYaml(facts, claimName);
  return [{ type: "ShowYaml", label: "Show a claim that would work (YAML)", yaml }];
}

/** A claim with room for the service's Model. The class is the operator's; left to the cluster's default where that is not known. */
export function buildClaimYaml(facts: ServiceFacts, claimName: string): string {
  const { settings } = facts.surroundings;
  const accessMode = desiredReplicas(facts) > 1 ? "ReadWriteMany" : "ReadWriteOnce";
  return yamlText({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: claimName, namespace: facts.service.metadata.namespace },
    spec: {
      accessModes: [accessMode],
      ...(settings.cacheStorageClass === ""
        ? {}
        : { storageClassName: settings.cacheStorageClass }),
      resources: { requests: { storage: storageFor(facts) } },
    },
  });
}

function storageFor(facts: ServiceFacts): string {
  const sizes = [facts.model, facts.draftModel].map((model) =>
    parseHumanSize(model?.status?.size ?? ""),
  );
  const [target = null, draft = null] = sizes;
  if (target === null) return facts.surroundings.settings.cacheSize;
  return `${Math.max(1, Math.ceil(((target + (draft ?? 0)) * HEADROOM) / GIB))}Gi`;
}
