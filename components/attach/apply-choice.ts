import type { CreateAttachment } from "@/server/contract/attachment";
import type { Check, Preflight } from "@/server/contract/preflight";

type Overrides = Pick<CreateAttachment, "writeAnyway" | "takeOwnership">;

/** A button of the panel: what it sends, and what has to be confirmed first. */
export type ApplyButton = Readonly<{
  label: string;
  overrides: Overrides;
  confirm: Readonly<{
    sentence: string;
    label: string;
    /** Who owns the field is shown before the question can be answered. */
    showsOwner: boolean;
  }> | null;
}>;

/** A button that copies instead of sending. */
export type CopyChoice = Readonly<{
  copy: string;
  label: string;
  /** The change is made in a repository, which the panel can then watch for. */
  repository: boolean;
}>;

export type ApplyChoice = Readonly<{
  /** What to know before pressing anything; null when there is nothing. */
  note: string | null;
  primary: ApplyButton | CopyChoice;
  secondary: ApplyButton | null;
}>;

/** What is asked, as far as it decides about the buttons. */
export type Asked = Readonly<{ claimName: string | null; declaredClaim: string | null }>;

const MOORING = "mooring";

/** The write itself answers these; all others are looked at before, and keep it from happening. */
const DECIDED_BY_THE_WRITE: ReadonlySet<string> = new Set(["Ownership", "Permission", "DryRun"]);

/**
 * Which buttons a preflight leads to.
 *
 * A field that a repository owns is changed in the repository; taking it over is
 * possible, by name and after seeing its owner. A blocked change is stored and waits;
 * writing it all the same is possible, by name and after a question. Neither
 * override is ever sent without being asked for.
 */
export function toApplyChoice(preflight: Preflight, asked: Asked): ApplyChoice {
  const { ownership, checks, equivalents } = preflight;
  if (checks.some(({ code, verdict }) => code === "Permission" && verdict === "block")) {
    return forbidden(equivalents.kubectl);
  }
  if (ownership !== null && isHeldElsewhere(preflight, asked)) {
    return heldElsewhere(preflight, ownership.manager);
  }
  if (preflight.diff.length === 0) return NOTHING_TO_WRITE;
  if (ownership === null || ownership.manager === MOORING) return unowned(preflight);
  return ownership.gitops
    ? ownedByRepository(preflight, ownership.manager)
    : ownedByOther(preflight, ownership.manager);
}

/** Also where a check blocks: a request would wait for what the spec says already. */
const NOTHING_TO_WRITE: ApplyChoice = { note: null, primary: plain("Apply"), secondary: null };

function forbidden(command: string): ApplyChoice {
  return {
    note: "You may not change this service. Somebody who may can run the command.",
    primary: { copy: command, label: "Copy the command", repository: false },
    secondary: null,
  };
}

/** Applying without the field takes it away only where nobody else owns it. */
function isHeldElsewhere(preflight: Preflight, { claimName, declaredClaim }: Asked): boolean {
  const foreign = preflight.ownership?.manager !== MOORING;
  return foreign && claimName === null && declaredClaim !== null && preflight.diff.length === 0;
}

function heldElsewhere({ ownership, equivalents }: Preflight, manager: string): ApplyChoice {
  const note = `The field was set by ${manager}: what Mooring leaves out stays there. Remove it where it was set.`;
  const primary = ownership?.gitops
    ? repositoryCopy(equivalents.kustomize)
    : { copy: equivalents.kubectl, label: "Copy the command that removes it", repository: false };
  return { note, primary, secondary: null };
}

function unowned(preflight: Preflight): ApplyChoice {
  if (!waits(preflight)) return { note: null, primary: plain("Apply"), secondary: null };
  return {
    note: WAITING,
    primary: plain("Apply and wait"),
    secondary: writeAnyway(preflight, { foreign: false }),
  };
}

function ownedByRepository(preflight: Preflight, manager: string): ApplyChoice {
  const waiting = waits(preflight) ? "The request then waits while a check blocks." : "";
  return {
    note: `The field is managed by ${manager}: your repository will set it back.`,
    primary: repositoryCopy(preflight.equivalents.kustomize),
    secondary: takeOwnership("Take ownership and apply", waiting),
  };
}

function repositoryCopy(copy: string): CopyChoice {
  return { copy, label: "Copy the change for your repository", repository: true };
}

function ownedByOther(preflight: Preflight, manager: string): ApplyChoice {
  if (!waits(preflight)) {
    return {
      note: `The field was set by ${manager}. Without taking ownership the API server refuses the change.`,
      primary: takeOwnership("Take ownership and apply", ""),
      secondary: null,
    };
  }
  return {
    note: `${WAITING} The field was set by ${manager}.`,
    primary: takeOwnership(
      "Take ownership, apply and wait",
      "Nothing is written while a check blocks.",
    ),
    secondary: writeAnyway(preflight, { foreign: true }),
  };
}

const WAITING =
  "Nothing is written while a check blocks. The request is stored and goes on by itself once it can.";

function plain(label: string): ApplyButton {
  return { label, overrides: {}, confirm: null };
}

function takeOwnership(label: string, sentence: string): ApplyButton {
  return {
    label: "Take ownership…",
    overrides: { takeOwnership: true },
    confirm: { sentence, label, showsOwner: true },
  };
}

/** None where it is the API server that refuses: asking harder does not help. */
function writeAnyway(preflight: Preflight, { foreign }: { foreign: boolean }): ApplyButton | null {
  if (isRefused(preflight)) return null;
  return {
    label: "Write anyway…",
    overrides: { ...(foreign ? { takeOwnership: true } : {}), writeAnyway: true },
    confirm: {
      sentence:
        "The claim's name is written although a check blocks. The service fails until the cause is gone; there is no fallback.",
      label: foreign ? "Take ownership and write anyway" : "Write anyway",
      showsOwner: foreign,
    },
  };
}

/** The request would be stored and wait: something blocks that taking ownership does not lift. */
export function waits(preflight: Preflight): boolean {
  return isRefused(preflight) || preflight.checks.some(blocks);
}

function blocks({ code, verdict }: Check): boolean {
  return verdict === "block" && !DECIDED_BY_THE_WRITE.has(code);
}

/** The dry run was answered with no, whoever owns the field. */
function isRefused({ after, checks }: Preflight): boolean {
  return (
    after === null && checks.some(({ code, verdict }) => code === "DryRun" && verdict === "block")
  );
}
