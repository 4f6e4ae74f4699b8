import { claimSpaceTight, claimSpaceTightForService, claimTooSmall } from "../claim-space";
import { nodeDiskPressure } from "../node-disk-pressure";
import { both, type CatalogueEntry, claim, service } from "./entry";

/** The entries about room for the weights. Nothing is measured: what is said to be taken is a lower bound. */
export const spaceEntries: readonly CatalogueEntry[] = [
  service("ClaimTooSmall", claimTooSmall, {
    title: "The model does not fit on the claim",
    severity: "error",
    explanation:
      "What the service still has to bring is larger than the whole claim. LLMKube does not compare the two: the download would run until the disk is full. A warning where nothing holds the claim to its size, as with directories of a node's disk (local-path, hostPath) or of an NFS export, and while no volume is bound. Not shown where a size is not known, or where a pod already serves from the claim.",
  }),
  both(
    "ClaimSpaceTight",
    { ofService: claimSpaceTightForService, ofClaim: claimSpaceTight },
    {
      title: "The claim is nearly full",
      severity: "warning",
      explanation:
        "By what is known to be on the claim there is no room for the service's model, or at least nine tenths of the claim are taken. What is taken is a lower bound: the sizes of the Models that services run from the claim, and of the downloads that were seen to end on it since Mooring started. Partial files, draft models of unknown size and what others put there come on top, and unknown sizes are said to be unknown. Info where nothing holds the claim to its size.",
    },
  ),
  claim("NodeDiskPressure", nodeDiskPressure, {
    title: "The node's disk is short of space",
    severity: "warning",
    explanation:
      "The claim is a directory of a node whose kubelet reports DiskPressure: such a node takes no new pods and evicts those it has. Sizes of such claims are not enforced, so each fills the disk of all; the finding names the claims that lie beside it as far as their paths tell, and what they are known to hold.",
  }),
];
