import type { Row } from "./row";
import { accessRows, rolloutRows } from "./rows-access";
import { neighbourRows } from "./rows-neighbours";
import { firstPodRows } from "./rows-first-pod";
import { gpuRows } from "./rows-gpus";
import { nodeRows } from "./rows-nodes";
import { sizeRows } from "./rows-sizes";
import { taintRows } from "./rows-taints";
import { unseenRows } from "./rows-unseen";
import { volumeRows } from "./rows-volumes";

/** Service placement × nodes × shape of claim and volume × who else is there × sizes, and what is to be said of it. */
export const placementMatrix: Readonly<Record<string, readonly Row[]>> = {
  "which nodes there are": nodeRows,
  "which nodes let it in": taintRows,
  "which GPUs are left": gpuRows,
  "how large things are": sizeRows,
  "which volume its first pod gets": firstPodRows,
  "what pods mount": volumeRows,
  "how a claim may be mounted": accessRows,
  "what runs already": rolloutRows,
  "who else is there": neighbourRows,
  "what may be looked at": unseenRows,
};
