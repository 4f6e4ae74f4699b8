import type { Preflight } from "@/server/contract/preflight";
import type { ObjectKey } from "@/server/contract/service-view";
import { yamlText } from "../yaml-text";
import type { ClaimChange } from "./with-claim";

const API_VERSION = "inference.llmkube.dev/v1alpha1";

/** The same change for other tools: kubectl, a manifest for server-side apply, a kustomize patch. Names of Kubernetes objects need no quoting in a shell. */
export function equivalents(key: ObjectKey, change: ClaimChange): Preflight["equivalents"] {
  return {
    kubectl: kubectlForms(key, change),
    yaml: yamlText(manifest(key, appliedCache(change))),
    kustomize: kustomizePatch(key, change),
  };
}

function kubectlForms({ namespace, name }: ObjectKey, change: ClaimChange): string {
  const patch = JSON.stringify({ spec: { modelCache: patchedCache(change) } });
  return [
    `kubectl -n ${namespace} patch inferenceservice ${name} --type merge \\`,
    `  -p '${patch}'`,
    "",
    "# or apply the YAML, with an owner for the field:",
    `kubectl -n ${namespace} apply --server-side --field-manager=YOUR-NAME -f FILE`,
  ].join("\n");
}

/** A merge patch removes by null. */
function patchedCache({ claimName, persistence }: ClaimChange) {
  return { claimName, ...(persistence === null ? {} : { persistence }) };
}

/** Server-side apply removes by leaving out. */
function appliedCache({ claimName, persistence }: ClaimChange) {
  return {
    ...(claimName === null ? {} : { claimName }),
    ...(persistence === null ? {} : { persistence }),
  };
}

function manifest({ namespace, name }: ObjectKey, modelCache: object) {
  return {
    apiVersion: API_VERSION,
    kind: "InferenceService",
    metadata: { name, namespace },
    spec: { modelCache },
  };
}

function kustomizePatch(key: ObjectKey, change: ClaimChange): string {
  const patch = yamlText(manifest(key, patchedCache(change)));
  return yamlText({
    patches: [{ target: { kind: "InferenceService", name: key.name }, patch }],
  });
}
