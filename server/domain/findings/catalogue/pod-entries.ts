import { claimInUseOnOtherNode } from "../claim-in-use-on-other-node";
import { claimNodeMismatch } from "../claim-node-mismatch";
import { nodeNotReady } from "../node-not-ready";
import { podUnschedulable } from "../pod-unschedulable";
import { podsRefused } from "../pods-refused";
import { replicasShareClaim } from "../replicas-share-claim";
import { rolloutDeadlock } from "../rollout-deadlock";
import { type CatalogueEntry, service } from "./entry";

/** The entries about where pods may run, and whether they may be made. */
export const podEntries: readonly CatalogueEntry[] = [
  service("ClaimNodeMismatch", claimNodeMismatch, {
    title: "The volume is where the service may not run",
    severity: "error",
    explanation:
      "The volume's node affinity and what the service asks of a node (node selector, required affinity, tolerations, GPU, CPU and memory, cordoned nodes) have no node in common. The pod would wait for ever while the operator says Creating. A warning when pods run there already and only a restart would fail.",
  }),
  service("NodeNotReady", nodeNotReady, {
    title: "A node that the service needs is not ready",
    severity: "error",
    explanation:
      "A pod of the service is on a node that is not ready, or the service's volume can be reached from such nodes only. Nothing starts there, and Kubernetes ends its pods after five minutes. A warning while other pods serve. Nothing is said of nodes that the service has nothing to do with.",
  }),
  service("PodUnschedulable", podUnschedulable, {
    title: "The scheduler finds no node",
    severity: "error",
    explanation:
      "A pod has been refused by every node. The finding quotes the scheduler, and says whether any node could take the pod if there were room, by its labels, taints, size and the claim's volume. Where a claim or its volume is the cause, the finding about that comes first.",
  }),
  service("ClaimInUseOnOtherNode", claimInUseOnOtherNode, {
    title: "The claim is in use on another node",
    severity: "error",
    explanation:
      "A ReadWriteOnce claim can be mounted on one node only, a ReadWriteOncePod claim by one pod only, and another pod has it. Kubernetes reports Multi-Attach or leaves the pod unscheduled. LLMKube does not consider access modes when it rolls out.",
  }),
  service("QuotaExceeded", podsRefused("QuotaExceeded"), {
    title: "A quota keeps pods from being made",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods because a ResourceQuota of the namespace would be exceeded, or because the quota wants a request that the service does not state. LLMKube says Creating for ever; the reason is on the Deployment only.",
  }),
  service("PodSecurityViolated", podsRefused("PodSecurityViolated"), {
    title: "Pod Security keeps pods from being made",
    severity: "error",
    explanation:
      "The namespace enforces a Pod Security level that the service's pods do not meet. The operator's init container model-cache-prep runs as root and adds capabilities, which the level restricted never allows.",
  }),
  service("LimitRangeViolated", podsRefused("LimitRangeViolated"), {
    title: "A limit range keeps pods from being made",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods because their resources are outside of a LimitRange of the namespace.",
  }),
  service("ServiceAccountNotFound", podsRefused("ServiceAccountNotFound"), {
    title: "The pods' service account does not exist",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods because the service account they are to run under is not in the namespace. LLMKube says Creating for ever; the reason is on the Deployment only.",
  }),
  service("PodsRefused", podsRefused("PodsRefused"), {
    title: "Pods are refused",
    severity: "error",
    explanation:
      "The API server refuses the Deployment's pods for a reason that is none of the above, such as an admission webhook or a missing priority class. The finding quotes the refusal.",
  }),
  service("ReplicasShareClaim", replicasShareClaim, {
    title: "More replicas than the claim can serve",
    severity: "warning",
    explanation:
      "The service wants several pods, or an autoscaler may want them, on a claim that only one node (ReadWriteOnce) or one pod (ReadWriteOncePod, an error) can mount, and the pods may land on several nodes. Not shown where every pod can only land on one node.",
  }),
  service("RolloutDeadlock", rolloutDeadlock, {
    title: "The next rollout will get stuck",
    severity: "warning",
    explanation:
      "The claim is ReadWriteOncePod and the service's pods are replaced by a rolling update, which starts the new pod before it ends the old one: neither gets on. Shown while the service runs; once a pod waits, the claim in use is the finding. A ReadWriteOnce disk is named too, as a note, where pods may land on several nodes: a new pod on another node than the old one gets stuck in the same way. Services with a GPU are recreated and do not have this.",
  }),
];
