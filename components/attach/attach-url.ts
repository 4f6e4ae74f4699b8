"use client";

import {
  createParser,
  parseAsBoolean,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from "nuqs";

export const persistences = ["Cached", "Ephemeral"] as const;
export type Persistence = (typeof persistences)[number];

// An empty value is a value here: `?attach=` opens the panel with nothing chosen yet.
const parseAsClaim = createParser({ parse: (value) => value, serialize: (value: string) => value });

const parsers = {
  attach: parseAsClaim,
  detach: parseAsBoolean.withDefault(false),
  persistence: parseAsStringLiteral(persistences),
  revert: parseAsString,
  watch: parseAsBoolean.withDefault(false),
};

const CLOSED = { attach: null, detach: null, persistence: null, revert: null, watch: null };

/** Besides the claim: what the change does to persistence (null: nothing), and which earlier request it goes back to. */
export type AttachExtras = Readonly<{
  persistence?: Persistence | null;
  /** The id of an attachment; null: this is no way back. */
  revert?: string | null;
}>;

/** What the panel is open for: a claim, the choice of one (`claim` is ""), or taking the claim away. */
export type AttachTarget = Readonly<{
  persistence: Persistence | null;
  revert: string | null;
  /** The change is made in a repository; the panel watches until the spec shows it. */
  watching: boolean;
}> &
  ({ readonly to: "attach"; readonly claim: string } | { readonly to: "detach" });

/** The attach panel in the URL: open, for which change; the back button closes it. */
export function useAttachUrl() {
  const [state, setState] = useQueryStates(parsers, { history: "push" });
  const extras = {
    persistence: state.persistence,
    revert: state.revert,
    watching: state.watch,
  };
  const target: AttachTarget | null = state.detach
    ? { ...extras, to: "detach" }
    : state.attach === null
      ? null
      : { ...extras, to: "attach", claim: state.attach };
  return {
    target,
    open: (claim: string, more: AttachExtras = {}) =>
      void setState({ ...CLOSED, ...more, attach: claim }),
    openDetach: (more: AttachExtras = {}) => void setState({ ...CLOSED, ...more, detach: true }),
    /** Changes the choice without a step in the history: going back closes the panel at once. */
    choose: (claim: string) =>
      void setState({ attach: claim, detach: null, revert: null }, { history: "replace" }),
    setPersistence: (persistence: Persistence | null) =>
      void setState({ persistence }, { history: "replace" }),
    setWatching: (watching: boolean) => void setState({ watch: watching || null }),
    close: () => void setState(CLOSED),
  };
}

/** What the panel asks for, as a request says it; a claim that is not chosen yet is "". */
export function toChange(target: AttachTarget) {
  return {
    claimName: target.to === "detach" ? null : target.claim,
    ...(target.persistence === null ? {} : { persistence: target.persistence }),
  };
}
