import { isOut, lacks } from "./node-room";
import type { ClusterNode, Pod } from "./objects";
import { type PodRequirements, priorityOfPod } from "./pod-requirements";
import { judgeNeighbours } from "./scheduling-neighbours";
import { NOTHING_AGAINST, type Reasons, together, without, type World } from "./scheduling-reasons";
import { matchesNodeSelector } from "./scheduling-selector";
import { judgeSpread, type SpreadPolicies } from "./scheduling-spread";
import { isStuck, judgeTaints } from "./scheduling-taints";
import { judgeVolumes, type MountedClaim } from "./scheduling-volumes";

/**
 * What Kubernetes would do with a pod there. `fits`: put it there. `evicts`: put it there if nothing else fits, and end pods of lower
 * priority for it. `dead`: put it there although the node is not ready and starts nothing. `unknown`: could not be told. `not`: never.
 */
export type NodeFitState = "fits" | "evicts" | "dead" | "unknown" | "not";

export type NodeFit = {
  readonly name: string;
  readonly state: NodeFitState;
  /** What stands against it, each as half a sentence about the node; empty when it fits. */
  readonly reasons: readonly string[];
};

/** What runs on the nodes; `ignored`: a node is judged by all that it could offer; null: not every pod can be seen. */
export type Load = World["podsOn"] | "ignored" | null;

export type Question = {
  readonly requirements: PodRequirements;
  readonly nodes: readonly ClusterNode[];
  readonly claims: readonly MountedClaim[];
  readonly load: Load;
  /** Uids of pods that are ended before the new one starts. */
  readonly leaving?: ReadonlySet<string>;
  /** What nodes and load are facts of: while it lives, what they say of equal requirements is remembered, because many claims ask the same. */
  readonly moment?: object;
};

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Where a pod may run, by the rules of the scheduler's filters: node selector, node and pod affinity, taints, cordon, topology spread,
 * what a node offers and what is left of it, and the volumes. Order is that of `nodes`.
 */
export function judgeNodes(question: Question): NodeFit[] {
  const { leaving = NOBODY } = question;
  const leaves = ({ metadata }: Pod) => leaving.has(metadata.uid);
  const world = worldOf(question, leaves);
  const judge = rememberedJudge(question, world);
  const volumes = judgeVolumes(question.claims, leaves);
  return question.nodes.map((node) => {
    const all = together([judge(node), volumes(node)]);
    const reasons = question.load === "ignored" ? { ...all, now: [] } : all;
    return { name: node.metadata.name, ...conclude(node, reasons, { question, world, leaves }) };
  });
}

/** Names of the nodes in one of the states, in order. */
export function namesOf(fits: readonly NodeFit[], ...states: readonly NodeFitState[]): string[] {
  return fits.filter(({ state }) => states.includes(state)).map(({ name }) => name);
}

function worldOf({ nodes, load }: Question, leaves: (pod: Pod) => boolean): World {
  const podsOn = typeof load === "function" ? load : () => [];
  return without({ nodes, podsOn }, leaves);
}

type Judge = (node: ClusterNode) => Reasons;

const remembered = new WeakMap<object, Map<string, Judge>>();

function rememberedJudge(question: Question, world: World): Judge {
  const { moment, requirements, load, leaving = NOBODY } = question;
  if (moment === undefined) return judgeWithoutVolumes(question, world);
  const known = remembered.get(moment) ?? new Map<string, Judge>();
  remembered.set(moment, known);
  const key = JSON.stringify([requirements, load === "ignored", [...leaving]]);
  const judge = known.get(key) ?? onceForEach(judgeWithoutVolumes(question, world));
  known.set(key, judge);
  return judge;
}

function onceForEach(judge: Judge): Judge {
  const answers = new Map<string, Reasons>();
  return (node) => {
    const answer = answers.get(node.metadata.name) ?? judge(node);
    answers.set(node.metadata.name, answer);
    return answer;
  };
}

function judgeWithoutVolumes({ requirements, load }: Question, world: World): Judge {
  const judges: Judge[] = [(node) => judgeItself(node, requirements)];
  if (load !== "ignored") {
    judges.push((node) => judgeRoom(node, requirements, load === null ? null : world));
    judges.push(judgeNeighbours(requirements, world));
    judges.push(judgeSpread(requirements, world, spreadsOver(requirements)));
  }
  return (node) => together(judges.map((judge) => judge(node)));
}

/** The node alone, empty. */
function judgeItself(node: ClusterNode, requirements: PodRequirements): Reasons {
  const never = [
    ...selectorReasons(node, requirements),
    ...judgeTaints(node, requirements.tolerations),
    ...lacks(node, requirements.requests),
  ];
  const unsure = requirements.unseen.map((why) => `was not judged in full: ${why}`);
  return never.length + unsure.length === 0 ? NOTHING_AGAINST : { never, now: [], unsure };
}

function selectorReasons(node: ClusterNode, requirements: PodRequirements): string[] {
  const labels = node.metadata.labels ?? {};
  const reasons = Object.entries(requirements.nodeSelector)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `does not have the label ${key}=${value} that the service selects`);
  return matchesAffinity(node, requirements)
    ? reasons
    : [...reasons, "does not match the service's node affinity"];
}

function matchesAffinity(node: ClusterNode, { affinity }: PodRequirements): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, node);
}

function judgeRoom(node: ClusterNode, { requests }: PodRequirements, world: World | null): Reasons {
  if (world === null) {
    return { ...NOTHING_AGAINST, unsure: ["has pods that cannot all be seen"] };
  }
  const now = isOut(node, requests, world.podsOn(node.metadata.name));
  return now.length === 0 ? NOTHING_AGAINST : { ...NOTHING_AGAINST, now };
}

/** By default pods are spread over the nodes they could be on by their labels, tainted ones included. */
function spreadsOver(requirements: PodRequirements) {
  return (node: ClusterNode, policies: SpreadPolicies): boolean =>
    (policies.nodeAffinityPolicy === "Ignore" ||
      selectorReasons(node, requirements).length === 0) &&
    (policies.nodeTaintsPolicy !== "Honor" ||
      judgeTaints(node, requirements.tolerations).length === 0);
}

type Context = {
  readonly question: Question;
  readonly world: World;
  readonly leaves: (pod: Pod) => boolean;
};

function conclude(node: ClusterNode, reasons: Reasons, context: Context): Omit<NodeFit, "name"> {
  const { never, now, unsure } = reasons;
  if (never.length > 0) return { state: "not", reasons: [...never, ...now] };
  if (now.length > 0) return { state: afterEviction(node, context), reasons: now };
  if (unsure.length > 0) return { state: "unknown", reasons: unsure };
  return isStuck(node)
    ? { state: "dead", reasons: ["is not ready, and nothing starts on it"] }
    : { state: "fits", reasons: [] };
}

/** Whether the pod would fit once the node's pods of a lower priority are gone. */
function afterEviction(node: ClusterNode, { question, world, leaves }: Context): NodeFitState {
  const { priority } = question.requirements;
  const here = new Set(world.podsOn(node.metadata.name).map(({ metadata }) => metadata.uid));
  const isVictim = (pod: Pod) =>
    here.has(pod.metadata.uid) && (priority === null || priorityOfPod(pod) < priority);
  const fewer = without(world, isVictim);
  const judge = judgeWithoutVolumes(question, fewer);
  const volumes = judgeVolumes(question.claims, (pod) => leaves(pod) || isVictim(pod));
  if (together([judge(node), volumes(node)]).now.length > 0) return "not";
  return priority === null ? "unknown" : "evicts";
}
