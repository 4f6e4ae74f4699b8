import type { Evidence, Finding, FindingAction } from "@/server/contract/finding";
import { sizeText } from "../claim-size";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { isReady } from "../pod-state";
import { mountsClaim, servingClaimFacts } from "../service-state";
import {
  bytesToBring,
  cachedModels,
  neighboursText,
  spaceOf,
  type ClaimSpace,
  type HeldModel,
} from "../space";
import { formatBytes, listNames, quote } from "../wording";
import { buildFinding, seen } from "./finding";

/** From this share on a claim is nearly full even if nothing else is on it. */
const NEARLY_FULL = 0.9;

type Plan = {
  readonly claimFacts: ClaimFacts;
  readonly space: ClaimSpace;
  /** Bytes the service will still bring. */
  readonly needs: number;
  readonly capacity: number;
};

/** The model is larger than the claim that it is to be kept on. */
export function claimTooSmall(facts: ServiceFacts): Finding | null {
  const plan = planOfSpace(facts);
  if (plan === null || plan.needs <= plan.capacity) return null;
  const { claimFacts, space, needs, capacity } = plan;
  const { claim } = claimFacts;
  const limited = space.sizeEnforced === true && claim.status?.phase === "Bound";
  return buildFinding({
    code: "ClaimTooSmall",
    severity: limited ? "error" : "warning",
    message: `Claim ${quote(claim.metadata.name)} is too small: ${modelsText(facts)} ${cachedModels(facts).length === 1 ? "needs" : "need"} ${formatBytes(needs)}, the claim has ${formatBytes(capacity)} in all.${limited ? "" : notLimited(space)}`,
    nextStep: "Attach a larger claim, or expand this one if its storage class allows it.",
    evidence: [...modelEvidence(facts), capacityEvidence(claimFacts)],
    actions: [{ type: "AttachClaim", label: "Use a larger claim" }],
  });
}

/** By what is known to be on the claim already there is no room left for the service's model. */
export function claimSpaceTightForService(facts: ServiceFacts): Finding | null {
  const plan = planOfSpace(facts);
  if (plan === null || plan.needs > plan.capacity) return null;
  const { claimFacts, space, needs, capacity } = plan;
  const taken = space.atLeastBytes;
  if (taken === null || taken + needs <= capacity) return null;
  return buildFinding({
    code: "ClaimSpaceTight",
    severity: space.sizeEnforced === false ? "info" : "warning",
    message: `Claim ${quote(claimFacts.claim.metadata.name)} has no room for ${modelsText(facts)}: at least ${formatBytes(taken)} of ${formatBytes(capacity)} are taken by ${heldText(space.held)}, and ${formatBytes(needs)} are to come.${space.sizeEnforced === false ? notLimited(space) : ""}`,
    nextStep:
      "Attach another claim, or remove directories that no service uses any more: the operator never deletes one.",
    evidence: [
      ...modelEvidence(facts),
      capacityEvidence(claimFacts),
      ...heldEvidence(claimFacts, space),
    ],
    actions: [...measure(claimFacts), { type: "AttachClaim", label: "Use another claim" }],
  });
}

/** By what is known to be on the claim it is nearly full, whatever else is on it. */
export function claimSpaceTight(facts: ClaimFacts): Finding | null {
  const space = spaceOf(facts);
  const { capacityBytes: capacity, atLeastBytes: taken } = space;
  if (capacity === null || taken === null || taken < capacity * NEARLY_FULL) return null;
  const mild = space.sizeEnforced === false && taken <= capacity;
  return buildFinding({
    code: "ClaimSpaceTight",
    severity: mild ? "info" : "warning",
    message: `Claim ${quote(facts.claim.metadata.name)} is nearly full: at least ${formatBytes(taken)} of ${formatBytes(capacity)} are taken by ${heldText(space.held)}.${space.sizeEnforced === false ? notLimited(space) : ""}`,
    nextStep:
      "Expand it if its storage class allows it, or remove directories that no service uses any more: the operator never deletes one.",
    evidence: [capacityEvidence(facts), ...heldEvidence(facts, space)],
    actions: measure(facts),
  });
}

/** null where something is not known, nothing is brought, or a pod serves from the claim, so that it evidently fits. */
function planOfSpace(facts: ServiceFacts): Plan | null {
  const claimFacts = servingClaimFacts(facts);
  if (claimFacts === null || cachedModels(facts).length === 0) return null;
  const { name } = claimFacts.claim.metadata;
  if (facts.pods.some((pod) => isReady(pod) && mountsClaim(pod, name))) return null;
  const needs = bytesToBring(facts, claimFacts);
  const space = spaceOf(claimFacts);
  const capacity = space.capacityBytes;
  return needs === null || needs === 0 || capacity === null
    ? null
    : { claimFacts, space, needs, capacity };
}

/** Why a size is no promise, and who else fills the same disk. */
function notLimited({ sizeEnforced, disk }: ClaimSpace): string {
  if (sizeEnforced === null) return " Its volume may come out larger than the claim asks for.";
  if (sizeEnforced) return "";
  if (disk === null) return " Its storage does not hold it to that size.";
  const others = neighboursText(disk);
  const shared = others === "" ? "" : `, which it shares with ${others}`;
  return ` Nothing holds it to that size: it fills the disk of node ${disk.nodeName}${shared}.`;
}

function modelsText(facts: ServiceFacts): string {
  const names = cachedModels(facts).map(({ metadata }) => metadata.name);
  return `${names.length === 1 ? "Model" : "Models"} ${listNames(names)}`;
}

/** Names of Models, or keys where no Model is known; those of unknown size are said to be so. */
export function heldText(held: readonly HeldModel[]): string {
  const sized = held.filter(({ bytes }) => bytes !== null);
  const others = held.length - sized.length;
  const names = sized.map(({ key, model }) => model ?? key);
  return others === 0
    ? listNames(names)
    : `${listNames(names)}, and ${others} more of unknown size`;
}

function modelEvidence(facts: ServiceFacts): Evidence[] {
  return cachedModels(facts).map((model) =>
    seen(facts.surroundings, {
      kind: "Model",
      object: model,
      field: "status.size",
      value: model.status?.size ?? "not set",
    }),
  );
}

function capacityEvidence({ claim, surroundings }: ClaimFacts): Evidence {
  return seen(surroundings, {
    kind: "PersistentVolumeClaim",
    object: claim,
    field:
      claim.status?.capacity === undefined ? "spec.resources.requests" : "status.capacity.storage",
    value: sizeText(claim),
  });
}

function heldEvidence({ claim, surroundings, held }: ClaimFacts, space: ClaimSpace): Evidence[] {
  const times = new Map(held.map(({ key, at }) => [key, at]));
  return space.held.slice(0, 5).map(({ key, model, bytes }) => {
    const evidence = seen(surroundings, {
      kind: "PersistentVolumeClaim",
      object: claim,
      field: `directory ${key}`,
      value: `${model ?? "no Model known"}, ${bytes === null ? "size unknown" : formatBytes(bytes)}`,
    });
    return { ...evidence, observedAt: times.get(key) ?? evidence.observedAt };
  });
}

/** The command that measures what only a guess from below is known of; none where no pod could run it. */
function measure({ pods, claim }: ClaimFacts): FindingAction[] {
  const pod = pods.find(
    (candidate) => isReady(candidate) && mountsClaim(candidate, claim.metadata.name),
  );
  const container = pod?.spec?.containers[0];
  const path = container?.volumeMounts?.find(({ name }) =>
    /^(model-cache|model-source)$/u.test(name),
  )?.mountPath;
  if (pod === undefined || container === undefined || path === undefined) return [];
  const { namespace, name } = pod.metadata;
  return [
    {
      type: "CopyCommand",
      label: "Copy the command that measures it",
      command: `kubectl exec -n ${namespace} ${name} -c ${container.name} -- df -h ${path}`,
    },
  ];
}
