import type { FindingCode } from "@/server/contract/finding";
import type { CheckCode, Verdict } from "@/server/contract/preflight";
import type { Plural } from "@/server/domain/objects";
import type { OperatorSettings } from "@/server/domain/operator-settings";
import type { Scene } from "./scene";

/** The checks that say where and whether pods can run. A row that does not name one expects it to pass. */
export const PLACEMENT_CHECKS = [
  "ClaimExists",
  "ClaimUsable",
  "ClaimWillBeUsed",
  "NodeFits",
  "AccessMode",
] as const satisfies readonly CheckCode[];

/** The findings about where pods can run. A row that does not name one expects it not to be found. */
export const PLACEMENT_FINDINGS: readonly FindingCode[] = [
  "ClaimTerminating",
  "ClaimLost",
  "ClaimPending",
  "ClaimBlockVolume",
  "ClaimReadOnly",
  "UnbindableModelCache",
  "NodeNotReady",
  "ClaimNodeMismatch",
  "ClaimInUseOnOtherNode",
  "PodUnschedulable",
  "ReplicasShareClaim",
  "RolloutDeadlock",
];

export type Row = {
  /** What happens, as a sentence about the service. */
  readonly name: string;
  readonly scene: Scene;
  /** null: the service goes without a claim. Default: the claim `models`. */
  readonly asks?: string | null;
  /** The worst of the placement checks. */
  readonly verdict: Verdict;
  /** Checks that do not pass. */
  readonly checks?: Partial<Record<CheckCode, Verdict>>;
  /** The nodes it would run on as things are, sorted; null: could not be told. Default: not looked at. */
  readonly nodes?: readonly string[] | null;
  /** Part of what NodeFits says. */
  readonly says?: RegExp;
  /** What is found once the service declares the claim and nothing else has happened. Default: nothing. */
  readonly findings?: readonly FindingCode[];
  /** What becomes of the pods on a cluster where neither pass nor block says it. */
  readonly outcome?: "runs" | "waits" | "some";
  /** Kinds that may not be listed. */
  readonly hidden?: readonly Plural[];
  /** Pods of some namespaces are not seen. */
  readonly someNamespaces?: boolean;
  readonly settings?: Partial<OperatorSettings>;
  /** Why no cluster is asked whether it is so. */
  readonly notReal?: string;
  /** Why the sandbox is not asked. */
  readonly notSandbox?: string;
};

export const NO_PREEMPTION = "the sandbox's scheduler evicts nobody";
export const NO_NEIGHBOURS = "the sandbox's scheduler knows no pod affinity";
export const NO_SPREAD = "the sandbox's scheduler spreads nothing by constraints";
export const NOT_THE_SCHEDULER = "the pod is scheduled, and fails to start for another reason";
export const ONLY_SEEN = "what Mooring may see does not change what the cluster does";
