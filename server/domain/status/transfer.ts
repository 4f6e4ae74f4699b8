import { DOWNLOADER_CONTAINER, PREP_CONTAINER } from "../model-storage/model-storage";
import type { Pod } from "../objects";
import { findTransferSign, type TransferReason } from "../transfer-signs";

export const TRANSFER_CONDITION = "ModelTransferHealthy";

export type TransferFailure = { readonly reason: TransferReason; readonly message: string };

const REMEDIES: Readonly<Record<TransferReason, string>> = {
  ModelSourceUntrusted: "Have the operator trust the source's certificate (--ca-cert-configmap)",
  ModelSourceUnauthorized:
    "Give the Model credentials that may read the source (spec.sourceSecretRef)",
  ModelSourceNotFound: "Correct spec.source or spec.files of the Model",
  ModelTransferOutOfSpace:
    "Use a larger volume for the model cache, or raise spec.resources.ephemeralStorage where the weights go to ephemeral space",
  ModelSourceUnreachable:
    "Make the source reachable from the node: name resolution, network policy, proxy",
};

const DIAGNOSED: ReadonlySet<string> = new Set([DOWNLOADER_CONTAINER, PREP_CONTAINER]);

/** Why the weights could not be brought to a pod, from the last words of its init containers; null when nothing known went wrong. */
export function diagnoseTransfer(pods: readonly Pod[]): TransferFailure | null {
  for (const pod of pods) {
    const failure = (pod.status?.initContainerStatuses ?? [])
      .filter(({ name }) => DIAGNOSED.has(name))
      .map((status) => classify(lastWords(status), pod.spec?.nodeName ?? ""))
      .find((found) => found !== null);
    if (failure !== undefined) return failure;
  }
  return null;
}

/** Whether some pod has its weights: every diagnosed init container ended well. */
export function hasStaged(pods: readonly Pod[]): boolean {
  return pods.some((pod) => {
    const statuses = (pod.status?.initContainerStatuses ?? []).filter(({ name }) =>
      DIAGNOSED.has(name),
    );
    return statuses.length > 0 && statuses.every(({ state }) => state?.terminated?.exitCode === 0);
  });
}

type InitStatus = NonNullable<NonNullable<Pod["status"]>["initContainerStatuses"]>[number];

/** Of the present failure, else of the last one while it is being retried; "" when it ended well. */
function lastWords({ state, lastState }: InitStatus): string {
  if (state?.terminated?.exitCode === 0) return "";
  const terminated = state?.terminated ?? lastState?.terminated;
  return terminated === undefined || terminated.exitCode === 0 ? "" : (terminated.message ?? "");
}

function classify(words: string, node: string): TransferFailure | null {
  const sign = findTransferSign(words);
  if (sign === null) return null;
  const { reason, text } = sign;
  const line = words.split("\n").find((candidate) => candidate.toLowerCase().includes(text));
  const where = node === "" ? "" : ` (node ${node})`;
  return {
    reason,
    message: `Model transfer failed: ${(line ?? words).trim()}${where}. ${REMEDIES[reason]}`,
  };
}
