import { computeCacheKey, isMetal } from "../cache-key";
import { planFileSet } from "../file-set";
import { SOURCE_DIR } from "../model-storage/pre-staged";
import type { Claim, ClusterNode, Model } from "../objects";
import type { OperatorSettings } from "../operator-settings";
import { classifySource, type PvcSource } from "../source";
import { acceleratorReady } from "./accelerator-ready";
import { findFileFault, findGateFault, findSourceFault } from "./find-fault";
import {
  failed,
  planVerdict,
  progressing,
  ready,
  type ModelStatusPlan,
  type Subject,
  type Verdict,
} from "./verdict";

export type ModelStatusInput = Subject & {
  /** The claim of a `pvc://` source; null when it does not exist. Not read for other sources. */
  readonly claim: Claim | null;
  /** null: they cannot be seen. */
  readonly nodes: readonly ClusterNode[] | null;
  readonly settings: OperatorSettings;
};

const CLAIM_MISSING_RETRY_MS = 30_000;
const CLAIM_UNBOUND_RETRY_MS = 10_000;

/**
 * The status of a Model; null when it stays as it is. A Model that is Ready keeps key, path, size and list of files whatever becomes of
 * its source, unless the source may not be used any more.
 */
export function planModelStatus(input: ModelStatusInput): ModelStatusPlan | null {
  const verdict = findFault(input) ?? (isReady(input.model) ? null : resolve(input));
  if (verdict === null) return null;
  const plan = planVerdict(input, verdict);
  return plan.status === input.model.status && plan.requeueAfterMs === null ? null : plan;
}

/** What keeps the Model from being resolved. */
export function findFault(input: ModelStatusInput): Verdict | null {
  const { model, settings, improvements } = input;
  const gate = findGateFault(model, settings);
  if (gate !== null) return gate;
  if (!isReady(model)) return findFileFault(model) ?? findSourceFault(input);
  // LLMKube does not look at the list again; the next pods would fail for it.
  return improvements.has("ObservedState") ? findFileFault(model) : null;
}

function isReady({ status }: Model): boolean {
  return status?.phase === "Ready";
}

function resolve(input: ModelStatusInput): Verdict {
  const { model } = input;
  const source = classifySource(model.spec.source);
  if (source.kind === "pvc") return onClaim(input, source);
  return source.kind === "local" && !isMetal(model) ? onNode(input) : elsewhere(input);
}

/** Whatever fetches the weights does so without this operator. */
function elsewhere({ model, nodes }: ModelStatusInput): Verdict {
  const { kind } = classifySource(model.spec.source);
  const keyed = kind === "file" || kind === "s3";
  const files = planFileSet(model);
  const fields: Verdict["fields"] = {
    acceleratorReady: acceleratorReady(model, nodes),
    cacheKey: keyed ? computeCacheKey(model.spec.source) : undefined,
    path: undefined,
    size: "0",
    stagedFiles: files.kind === "multi" ? files.files : undefined,
  };
  const [reason, message] = whoFetches(model, keyed);
  return { ...ready(reason, message, fields), supersedes: true };
}

function whoFetches(model: Model, keyed: boolean): readonly [string, string] {
  if (!keyed && classifySource(model.spec.source).kind === "repository") {
    return ["RuntimeResolved", "A repository: the engine or the listed files decide"];
  }
  if (!keyed) return ["MetalAgentManaged", "The agent on the Metal host reads the file itself"];
  return [
    "WorkloadResolved",
    isMetal(model)
      ? "The agent on the Metal host fetches the file itself"
      : "Each service's pods fetch the weights before they start, unless their cache has them",
  ];
}

function onNode({ model, nodes }: ModelStatusInput): Verdict {
  return ready("ModelReady", "Pods copy the file from their node", {
    acceleratorReady: acceleratorReady(model, nodes),
    cacheKey: computeCacheKey(model.spec.source),
    size: "0",
  });
}

function onClaim({ model, claim, nodes }: ModelStatusInput, source: PvcSource): Verdict {
  const { namespace } = model.metadata;
  if (claim === null) {
    const message = `There is no claim "${source.claim}" in namespace "${namespace}"`;
    return { ...failed("PVCNotFound", message), requeueAfterMs: CLAIM_MISSING_RETRY_MS };
  }
  const phase = claim.status?.phase ?? "Pending";
  if (phase !== "Bound") {
    const message = `Claim "${source.claim}" is ${phase}; the model is there once it is Bound`;
    return {
      phase: "Pending",
      conditions: [progressing("PVCNotBound", message)],
      requeueAfterMs: CLAIM_UNBOUND_RETRY_MS,
    };
  }
  return ready("PVCModelReady", `The model is on claim "${source.claim}"`, {
    path: `${SOURCE_DIR}/${source.path}`,
    cacheKey: computeCacheKey(model.spec.source),
    acceleratorReady: acceleratorReady(model, nodes),
  });
}
