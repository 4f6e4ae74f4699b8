import { formatBytes } from "@/components/format/bytes";
import type { Attachment } from "@/server/contract/attachment";
import type { ClaimView } from "@/server/contract/claim-view";
import type { FieldOwner, ServiceDetail, ServiceView } from "@/server/contract/service-view";

/** What the person at the panel relies on: the service's spec, its open request, and the claim that is chosen. */
export type Seen = Readonly<{
  service: string;
  claim: string | null;
  persistence: string | null;
  owner: FieldOwner | null;
  /** null: not read yet. */
  generation: number | null;
  lastWriter: string | null;
  request: Readonly<{ id: string; actor: string; claimName: string | null }> | null;
  chosen: Readonly<{
    name: string;
    /** undefined: not known yet; null: there is no such claim. */
    view: ClaimView | null | undefined;
  }> | null;
}>;

type Around = Readonly<{
  service: ServiceView;
  detail: ServiceDetail | undefined;
  underWay: Attachment | null;
  chosen: Seen["chosen"];
}>;

/** What counts of the rows that are live now. */
export function toSeen({ service, detail, underWay, chosen }: Around): Seen {
  return {
    service: service.name,
    claim: service.cache.declaredClaim,
    persistence: service.cache.persistence,
    owner: service.cache.fieldOwner,
    generation: detail?.generation ?? null,
    lastWriter: detail?.lastWriter?.manager ?? null,
    request: underWay,
    chosen,
  };
}

/** Takes over what was not known before, and another choice; the same reference when there is nothing to take. */
export function learn(before: Seen, now: Seen): Seen {
  const generation = before.generation ?? now.generation;
  const sameChoice = before.chosen?.name === now.chosen?.name;
  const chosen = sameChoice && before.chosen?.view !== undefined ? before.chosen : now.chosen;
  if (generation === before.generation && isSameChoice(chosen, before.chosen)) return before;
  return { ...before, generation, chosen };
}

function isSameChoice(a: Seen["chosen"], b: Seen["chosen"]): boolean {
  return a?.name === b?.name && a?.view === b?.view;
}

/** One sentence for each thing that is not as it was, with who did it as far as the cluster tells; empty when nothing is. */
export function describeChanges(before: Seen, now: Seen): string[] {
  const spec = [claimChange(before, now), persistenceChange(before, now)].filter(isText);
  return [
    ...spec,
    spec.length > 0 ? null : ownerChange(before, now),
    requestChange(before, now),
    spec.length > 0 ? null : generationChange(before, now),
    ...chosenChanges(before, now),
  ].filter(isText);
}

const isText = (text: string | null): text is string => text !== null;

function claimChange(before: Seen, now: Seen): string | null {
  if (before.claim === now.claim) return null;
  const was = before.claim === null ? "it named none" : `it was "${before.claim}"`;
  if (now.claim === null) return `${byWriter(now.lastWriter)} removed the claim; ${was}.`;
  return `${byWriter(now.owner?.manager ?? null)} set the claim to "${now.claim}"; ${was}.`;
}

function persistenceChange(before: Seen, now: Seen): string | null {
  if (before.persistence === now.persistence) return null;
  return `Persistence is ${now.persistence ?? "not set"} now; it was ${before.persistence ?? "not set"}.`;
}

function ownerChange(before: Seen, now: Seen): string | null {
  const [was, is] = [before.owner?.manager ?? null, now.owner?.manager ?? null];
  if (was === is) return null;
  return is === null
    ? `Nobody owns the field any more; before it was "${was ?? ""}".`
    : `The field is owned by "${is}" now; before by ${was === null ? "nobody" : `"${was}"`}.`;
}

function requestChange(before: Seen, now: Seen): string | null {
  if (now.request === null || now.request.id === before.request?.id) return null;
  const { actor, claimName } = now.request;
  return claimName === null
    ? `${actor} asked to remove the claim; that request is under way.`
    : `${actor} asked for claim "${claimName}"; that request is under way.`;
}

function generationChange(before: Seen, now: Seen): string | null {
  if (before.generation === null || now.generation === null) return null;
  if (before.generation === now.generation) return null;
  return `${byWriter(now.lastWriter)} changed something else in the service's spec (generation ${before.generation} to ${now.generation}).`;
}

function byWriter(manager: string | null): string {
  return manager === null ? "Somebody" : `Field manager "${manager}"`;
}

function chosenChanges(before: Seen, now: Seen): (string | null)[] {
  if (before.chosen === null || before.chosen.name !== now.chosen?.name) return [];
  const { name, view: was } = before.chosen;
  const { view: is } = now.chosen;
  if (was === undefined || is === undefined) return [];
  const claim = `Claim "${name}"`;
  if (was === null) return [is === null ? null : `${claim} exists now.`];
  if (is === null) return [`${claim} was deleted.`];
  if (was.uid !== is.uid) return [`${claim} was deleted and made anew.`];
  return [
    ...stateChanges(claim, was, is),
    ...newUsers({ was, is, own: now.service }).map(
      (user) => `"${user}" uses claim "${name}" now too.`,
    ),
  ];
}

function stateChanges(claim: string, was: ClaimView, is: ClaimView): (string | null)[] {
  return [
    !was.terminating && is.terminating ? `${claim} is being deleted.` : null,
    was.phase === is.phase ? null : `${claim} is ${is.phase} now; it was ${was.phase}.`,
    capacityChange(claim, was, is),
  ];
}

function capacityChange(claim: string, was: ClaimView, is: ClaimView): string | null {
  if (is.capacityBytes === null || was.capacityBytes === is.capacityBytes) return null;
  const before = was.capacityBytes === null ? "" : `; it had ${formatBytes(was.capacityBytes)}`;
  return `${claim} has ${formatBytes(is.capacityBytes)} now${before}.`;
}

type Users = Readonly<{ was: ClaimView; is: ClaimView; own: string }>;

function newUsers({ was, is, own }: Users): string[] {
  const names = ({ usedBy }: ClaimView) => usedBy.services.map(({ name }) => name);
  const known = new Set([...names(was), own]);
  return [...new Set(names(is))].filter((name) => !known.has(name));
}
