import type { CreateAttachment } from "@/server/contract/attachment";
import type { Preflight } from "@/server/contract/preflight";

type Overrides = Pick<CreateAttachment, "writeAnyway" | "takeOwnership">;

/** A button of the panel: what it sends, and what has to be confirmed first. */
export type ApplyButton = Readonly<{
  label: string;
  overrides: Overrides;
  confirm: Readonly<{ sentence: string; label: string }> | null;
}>;

export type ApplyChoice = Readonly<{
  /** What to know before pressing anything; null when there is nothing. */
  note: string | null;
  primary: ApplyButton | { readonly copy: string; readonly label: string };
  secondary: ApplyButton | null;
}>;

const MOORING = "mooring";

/**
 * Which buttons a preflight leads to.
 *
 * A field that a repository owns is changed in the repository; taking it over is
 * possible, by name and after a question. A blocked change is stored and waits;
 * writing it all the same is possible, by name and after a question. Neither
 * override is ever sent without being asked for.
 */
export function toApplyChoice(preflight: Preflight): ApplyChoice {
  const { ownership, verdict, diff } = preflight;
  const foreign = ownership !== null && ownership.manager !== MOORING && diff.length > 0;
  if (foreign && ownership.gitops) return ownedByRepository(preflight, ownership.manager);
  if (verdict === "block") return blocked(foreign ? ownership.manager : null);
  if (foreign) return ownedByOther(ownership.manager);
  return { note: null, primary: plain("Apply"), secondary: null };
}

function plain(label: string, overrides: Overrides = {}): ApplyButton {
  return { label, overrides, confirm: null };
}

function ownedByRepository({ equivalents, verdict }: Preflight, manager: string): ApplyChoice {
  return {
    note: `The field is managed by ${manager}: your repository will set it back.`,
    primary: { copy: equivalents.kustomize, label: "Copy the change for your repository" },
    secondary: {
      label: "Take ownership…",
      overrides: { takeOwnership: true },
      confirm: {
        sentence: `Mooring takes the field from ${manager}. ${verdict === "block" ? "The request waits while a check blocks. " : ""}Your repository may set it back at its next sync.`,
        label: "Take ownership and apply",
      },
    },
  };
}

function ownedByOther(manager: string): ApplyChoice {
  return {
    note: `The field was set by ${manager}. Without taking ownership the API server refuses the change.`,
    primary: plain("Take ownership and apply", { takeOwnership: true }),
    secondary: null,
  };
}

function blocked(manager: string | null): ApplyChoice {
  const overrides: Overrides = manager === null ? {} : { takeOwnership: true };
  return {
    note: "Nothing is written while a check blocks. The request is stored and goes on by itself once it can.",
    primary: plain(
      manager === null ? "Apply and wait" : "Take ownership, apply and wait",
      overrides,
    ),
    secondary: {
      label: "Write anyway…",
      overrides: { ...overrides, writeAnyway: true },
      confirm: {
        sentence:
          "The claim's name is written although a check blocks. The service fails until the cause is gone; there is no fallback.",
        label: "Write anyway",
      },
    },
  };
}
