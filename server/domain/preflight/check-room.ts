import type { ClaimFacts, ServiceFacts } from "../facts";
import { type Amounts, offeredBy, usedBy } from "../node-room";
import type { ClusterNode, Pod } from "../objects";
import { judgeNodes, namesOf, type Question } from "../scheduling";
import { isRecreated, judgePlacement, questionOf } from "../service-placement";
import { desiredReplicas } from "../service-state";
import { count, listNames } from "../wording";

/** More replicas than these are not tried one by one. */
const MOST_TRIED = 50;
/** From so many replicas on, a rolling update may end an old pod before it starts a new one (25 %). */
const ROLLS_BY_ENDING = 4;

/** How many of the wanted replicas find no room beside each other, in words; null when all do, or only one is wanted. */
export function replicaShortage(after: ServiceFacts, claimFacts: ClaimFacts | null): string | null {
  const wanted = Math.min(desiredReplicas(after), MOST_TRIED);
  const question = questionOf(after, claimFacts);
  if (wanted < 2 || question === null || typeof question.load !== "function") return null;
  if (fitsAtOnce(question, namesOf(judgePlacement(after, claimFacts) ?? [], "fits"), wanted)) {
    return null;
  }
  const placed = placeAll(after, question, wanted);
  if (placed.length >= wanted) return null;
  const on = listNames([...new Set(placed)]);
  return `Only ${placed.length} of ${count(wanted, "replica")} would find room, on ${on}.`;
}

/** Whether resources alone tell that there is room for all: only where replicas mind nothing about each other. Cheap, and mostly the answer. */
function fitsAtOnce(question: Question, fitting: readonly string[], wanted: number): boolean {
  const { load, nodes, requirements } = question;
  if (typeof load !== "function" || mindEachOther(requirements)) return false;
  const names = new Set(fitting);
  let room = 0;
  for (const node of nodes) {
    if (room >= wanted) break;
    if (!names.has(node.metadata.name)) continue;
    const stay = staying(load(node.metadata.name), question.leaving);
    room += Math.max(0, copiesThatFit(node, requirements.requests, stay));
  }
  return room >= wanted;
}

function mindEachOther({ affinity, topologySpread }: Question["requirements"]): boolean {
  const apart = affinity?.podAffinity ?? affinity?.podAntiAffinity;
  return apart !== undefined || topologySpread.length > 0;
}

/** The same list where none leaves: what it sums up to is remembered by it. */
function staying(pods: readonly Pod[], leaving: ReadonlySet<string> = new Set()): readonly Pod[] {
  if (leaving.size === 0) return pods;
  const leaves = ({ metadata }: Pod) => leaving.has(metadata.uid);
  return pods.some(leaves) ? pods.filter((pod) => !leaves(pod)) : pods;
}

function copiesThatFit(node: ClusterNode, asked: Amounts, pods: readonly Pod[]): number {
  const used = usedBy(pods);
  const byResource = Object.entries(asked)
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => Math.floor((offeredBy(node, name) - (used[name] ?? 0)) / amount));
  return Math.min(offeredBy(node, "pods") - pods.length, ...byResource);
}

/** The nodes that replicas are put on one after the other, as far as there is room. */
function placeAll(after: ServiceFacts, question: Question, wanted: number): string[] {
  const { load } = question;
  if (typeof load !== "function") return [];
  const placed: string[] = [];
  while (placed.length < wanted) {
    const beside = (node: string) => [
      ...load(node),
      ...placed.flatMap((on, index) =>
        on === node ? [replica(after, question, { on, index })] : [],
      ),
    ];
    // each round is another moment
    const fits = judgeNodes({
      nodes: question.nodes,
      requirements: question.requirements,
      claims: question.claims,
      load: beside,
      leaving: question.leaving ?? new Set(),
    });
    const [next] = namesOf(fits, "fits");
    if (next === undefined) break;
    placed.push(next);
  }
  return placed;
}

function replica(
  { service, surroundings }: ServiceFacts,
  { requirements }: Question,
  { on, index }: { readonly on: string; readonly index: number },
): Pod {
  const { affinity, requests, labels, namespace } = requirements;
  const asked = Object.entries(requests).map(
    ([name, amount]) => [name, name === "cpu" ? `${amount}m` : String(amount)] as const,
  );
  return {
    metadata: {
      name: service.metadata.name,
      namespace,
      labels: { ...labels },
      uid: `replica-${index}`,
      resourceVersion: "",
      creationTimestamp: surroundings.now,
    },
    spec: {
      nodeName: on,
      containers: [{ name: "server", resources: { requests: Object.fromEntries(asked) } }],
      ...(affinity === null ? {} : { affinity }),
    },
  };
}

/** Where a pod finds room once one of the service's many has ended, which a rolling update of many waits for; none where it would not end one. */
export function roomAfterOnePod(after: ServiceFacts, claimFacts: ClaimFacts | null): string[] {
  const question = questionOf(after, claimFacts);
  const [first] = after.pods;
  if (question === null || first === undefined || isRecreated(after)) return [];
  if (desiredReplicas(after) < ROLLS_BY_ENDING) return [];
  const own = new Set(after.pods.map(({ metadata }) => metadata.uid));
  return namesOf(judgeNodes({ ...question, leaving: own }), "fits");
}
