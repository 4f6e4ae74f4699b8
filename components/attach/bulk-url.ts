"use client";

import {
  createParser,
  parseAsArrayOf,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from "nuqs";

import { persistences, type Persistence } from "./attach-url";

/** Services of one namespace that are to get the same claim. */
export type BulkServices = Readonly<{ namespace: string; names: readonly string[] }>;

/** As many as one combined preflight takes. */
export const MOST_SERVICES = 100;

// `prod/llama,phi`: a claim serves services of its own namespace only, so that is named once.
const parseAsServices = createParser<BulkServices>({
  parse: (value) => {
    const slash = value.indexOf("/");
    const names = value.slice(slash + 1).split(",");
    return slash < 1 || names.includes("") ? null : { namespace: value.slice(0, slash), names };
  },
  serialize: ({ namespace, names }) => `${namespace}/${names.join(",")}`,
});

const parsers = {
  bulk: parseAsServices,
  claim_for_all: parseAsString.withDefault(""),
  persistence: parseAsStringLiteral(persistences),
  requests: parseAsArrayOf(parseAsString).withDefault([]),
};

const CLOSED = { bulk: null, claim_for_all: null, persistence: null, requests: null };

/** The panel for several services in the URL: for which, with which claim, and the requests it stored. */
export function useBulkUrl() {
  const [state, setState] = useQueryStates(parsers, { history: "push" });
  return {
    services: state.bulk,
    claim: state.claim_for_all,
    persistence: state.persistence,
    requests: state.requests,
    open: (bulk: BulkServices) => void setState({ ...CLOSED, bulk }),
    choose: (claim: string) => void setState({ claim_for_all: claim }, { history: "replace" }),
    setPersistence: (persistence: Persistence | null) =>
      void setState({ persistence }, { history: "replace" }),
    follow: (requests: readonly string[]) => void setState({ requests: [...requests] }),
    close: () => void setState(CLOSED),
  };
}
