import { claimNameSchema } from "@/server/contract/attachment";
import type { ClaimCandidate } from "@/server/contract/preflight";

export type CandidateGroup = Readonly<{
  label: string;
  usable: boolean;
  candidates: readonly ClaimCandidate[];
}>;

const BINDING_WORDS: Readonly<Record<string, string>> = {
  WaitForFirstConsumer: "bound on first use",
  Immediate: "bound at once",
};

/**
 * Usable candidates by storage class, in the order the server gave (best first,
 * so the class of the best comes first), then all that cannot be used.
 */
export function groupCandidates(
  candidates: readonly ClaimCandidate[],
  search: string,
): CandidateGroup[] {
  const wanted = search.trim().toLowerCase();
  const found = candidates.filter(({ claim }) =>
    `${claim.name} ${claim.storageClass?.name ?? ""}`.toLowerCase().includes(wanted),
  );
  const classes = new Map<string, ClaimCandidate[]>();
  for (const candidate of found.filter(({ verdict }) => verdict !== "block")) {
    const label = toClassLabel(candidate);
    classes.set(label, [...(classes.get(label) ?? []), candidate]);
  }
  const unusable = found.filter(({ verdict }) => verdict === "block");
  return [
    ...[...classes].map(([label, members]) => ({ label, usable: true, candidates: members })),
    ...(unusable.length === 0
      ? []
      : [{ label: "Not usable", usable: false, candidates: unusable }]),
  ];
}

function toClassLabel({ claim: { storageClass } }: ClaimCandidate): string {
  if (storageClass === null) return "No storage class";
  const binding = BINDING_WORDS[storageClass.bindingMode ?? ""];
  return binding === undefined ? storageClass.name : `${storageClass.name} · ${binding}`;
}

/**
 * The claim that is asked for by name only: what was typed when it could be a
 * claim's name, else what the URL chose; null when either is a candidate.
 */
export function claimByName(
  candidates: readonly ClaimCandidate[],
  { typed, chosen }: { typed: string; chosen: string },
): string | null {
  const isNew = (name: string) =>
    claimNameSchema.safeParse(name).success && candidates.every(({ claim }) => claim.name !== name);
  return [typed, chosen].find(isNew) ?? null;
}

/** Why a candidate cannot be used, or what is worth knowing; null when there is nothing to say. */
export function candidateReason({ checks, verdict }: ClaimCandidate): string | null {
  return checks.find((check) => check.verdict === verdict)?.message ?? null;
}

/** One line about a usable candidate: what it holds, where it is, who else uses it. */
export function describeCandidate(candidate: ClaimCandidate, own: readonly string[]): string {
  const { claim, alreadyHeld, feasibleNodes } = candidate;
  const users = claim.usedBy.services.map(({ name }) => name).filter((name) => !own.includes(name));
  const others = [...new Set(users)];
  return [
    alreadyHeld === true ? "Holds this model already" : null,
    claim.volumeName === null && claim.phase === "Pending" ? "Not bound yet" : null,
    toPlace(claim.nodeNames, feasibleNodes),
    others.length === 0
      ? null
      : others.length <= 2
        ? `also used by ${others.join(" and ")}`
        : `also used by ${others.length} services`,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function toPlace(
  nodes: readonly string[] | null,
  feasible: readonly string[] | null,
): string | null {
  if (nodes !== null && nodes.length > 0) return `on ${nodes.join(", ")}`;
  if (feasible === null || feasible.length === 0) return null;
  if (feasible.length > 3) return `fits ${feasible.length} nodes`;
  return `fits ${feasible.join(", ")}`;
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadWriteMany: "RWX",
  ReadOnlyMany: "ROX",
  ReadWriteOncePod: "RWOP",
};

/** `ReadWriteOnce` → `RWO`, as kubectl abbreviates it. */
export function shortAccessMode(mode: string): string {
  return MODES[mode] ?? mode;
}
