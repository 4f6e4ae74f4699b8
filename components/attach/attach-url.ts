"use client";

import { createParser, useQueryStates, parseAsBoolean } from "nuqs";

// An empty value is a value here: `?attach=` opens the panel with nothing chosen yet.
const parseAsClaim = createParser({ parse: (value) => value, serialize: (value: string) => value });

const parsers = { attach: parseAsClaim, detach: parseAsBoolean.withDefault(false) };

/** What the panel is open for: a claim, the choice of one (`claim` is ""), or taking the claim away. */
export type AttachTarget =
  { readonly to: "attach"; readonly claim: string } | { readonly to: "detach" };

/** The attach panel in the URL: open, for which claim; the back button closes it. */
export function useAttachUrl() {
  const [state, setState] = useQueryStates(parsers, { history: "push" });
  const target: AttachTarget | null = state.detach
    ? { to: "detach" }
    : state.attach === null
      ? null
      : { to: "attach", claim: state.attach };
  return {
    target,
    open: (claim: string) => void setState({ attach: claim, detach: null }),
    /** Changes the choice without a step in the history: going back closes the panel at once. */
    choose: (claim: string) =>
      void setState({ attach: claim, detach: null }, { history: "replace" }),
    openDetach: () => void setState({ attach: null, detach: true }),
    close: () => void setState({ attach: null, detach: null }),
  };
}
