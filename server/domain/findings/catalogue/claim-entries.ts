import { accountLacksRight, accountLacksRightOnClaim } from "../account-lacks-right";
import { claimLost } from "../claim-lost";
import { claimPending } from "../claim-pending";
import { claimReadOnly } from "../claim-read-only";
import { claimResize } from "../claim-resize";
import { claimTerminating } from "../claim-terminating";
import { claimVolumeMode } from "../claim-volume-mode";
import { modelCachePvcNotFound } from "../model-cache-pvc-not-found";
import { notHealed } from "../not-healed";
import { provisionerStuck } from "../provisioner-stuck";
import { unbindableModelCache } from "../unbindable-model-cache";
import { both, type CatalogueEntry, claim, service } from "./entry";

/** The entries about a claim itself. */
export const claimEntries: readonly CatalogueEntry[] = [
  service("ModelCachePVCNotFound", modelCachePvcNotFound, {
    title: "The claim does not exist",
    severity: "error",
    explanation:
      "spec.modelCache.claimName names a claim that is not in the service's namespace. A user-owned claim is never created by the operator, and there is no fallback to another cache: the service is Failed, and pods that run already keep serving from the old claim, because the Deployment is left untouched. LLMKube does not notice when the claim appears; the built-in operator does.",
  }),
  service("NotHealed", notHealed, {
    title: "The claim exists again, the service still failed",
    severity: "error",
    explanation:
      "The service failed because its claim was missing. The claim exists by now, but LLMKube does not watch claims and has not looked again. Any touch of the service heals it; Mooring sets an annotation for claims attached through it. Never shown with the built-in operator, which watches claims.",
  }),
  claim("ClaimLost", claimLost, {
    title: "The claim has lost its volume",
    severity: "error",
    explanation:
      "The claim was bound to a volume that no longer exists. It does not recover, and what it held is out of reach.",
  }),
  claim("ClaimTerminating", claimTerminating, {
    title: "The claim is being deleted",
    severity: "error",
    explanation:
      "The claim has a deletion timestamp and lives only until the last pod that mounts it ends. The operator does not look at it, so the next restart finds no claim.",
  }),
  claim("ClaimBlockVolume", claimVolumeMode, {
    title: "The claim is a raw block volume",
    severity: "error",
    explanation:
      "The claim's volumeMode is Block, so there is no file system that pods could mount and the operator could write a model to. The operator does not look at the mode. Not shown for claims that no service has to do with.",
  }),
  claim("ClaimReadOnly", claimReadOnly, {
    title: "The claim cannot be written",
    severity: "error",
    explanation:
      "All access modes of the claim are ReadOnlyMany, and a service is to keep its model cache on it. A claim that only serves pvc:// Models may be read-only.",
  }),
  claim("UnbindableModelCache", unbindableModelCache, {
    title: "The volume was never provisioned",
    severity: "error",
    explanation:
      "The volume behind the claim requires a node whose name was never filled in by its provisioner, so no node can ever match. Judged from the volume itself, because the operator's schedulingStatus stays after recovery.",
  }),
  claim("ProvisionerStuck", provisionerStuck, {
    title: "The provisioner's own pod is stuck",
    severity: "error",
    explanation:
      "local-path-provisioner makes a volume's directory with a helper pod on the node, in its own namespace. Where that pod cannot run, most often for a taint of a GPU node that it does not tolerate, the claim stays Pending and nothing but that pod says why. The finding names the taint. Takes the place of ClaimPending, and is silent where pods of the provisioner's namespace may not be listed.",
  }),
  both(
    "AccountLacksRight",
    { ofService: accountLacksRight, ofClaim: accountLacksRightOnClaim },
    {
      title: "A service account lacks a right",
      severity: "error",
      explanation:
        'The API server refuses the operator or a provisioner something (User "system:serviceaccount:…" cannot …), as a condition of the service, its Model or its Deployment, or an event of the last half hour says. The finding names account, verb, resource and namespace. Conditions of what is Ready by now are left over and do not count.',
    },
  ),
  claim("ClaimPending", claimPending, {
    title: "The claim is not bound",
    severity: "info",
    explanation:
      "The claim has no volume yet. Info while it waits for its first pod, as its storage class says, or while it is being provisioned; a warning when the provisioner takes long; an error when the class does not exist, none is named, no volume fits, or the provisioner reports a failure, whose text is the evidence.",
  }),
  claim("ClaimResize", claimResize, {
    title: "The claim has not grown yet",
    severity: "info",
    explanation:
      "More is requested of a bound claim than it has. Info while its storage works on it or a pod has to mount it anew; a warning when the storage reports a failure or the class does not allow claims to grow.",
  }),
];
