import type { Check, CheckCode } from "@/server/contract/preflight";
import type { ClaimFacts, ServiceFacts } from "../facts";
import { exclusiveMode } from "../findings/claim-in-use-on-other-node";
import type { Plural } from "../objects";
import { isVisible, planOf } from "../service-state";
import { listNames } from "../wording";
import { isNew } from "./held";
import { buildCheck } from "./verdict";

/** What kinds are called in a sentence. */
const NAMES: Readonly<Record<Plural, string>> = {
  inferenceservices: "services",
  models: "Models",
  persistentvolumeclaims: "claims",
  persistentvolumes: "volumes",
  storageclasses: "storage classes",
  nodes: "nodes",
  pods: "pods",
  deployments: "Deployments",
  jobs: "Jobs",
  events: "events",
  namespaces: "namespaces",
  resourcequotas: "quotas",
  limitranges: "limit ranges",
};

/**
 * The check as it is, unless it passes although a kind that it rests on may not be listed: then it could not be checked. What speaks
 * against a change does so whatever else is hidden.
 */
export function unlessBlind(
  check: Check,
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): Check {
  if (check.verdict !== "pass") return check;
  const hidden = restsOn(check.code, after, claimFacts).filter(
    (kind) => !isVisible(after.surroundings, kind),
  );
  if (hidden.length === 0) return check;
  const kinds = listNames(hidden.map((kind) => NAMES[kind]));
  return buildCheck(check.code, ["unknown", `Could not check: ${kinds} may not be listed here.`]);
}

/** Kinds without which a check cannot pass. */
export function restsOn(
  code: CheckCode,
  after: ServiceFacts,
  claimFacts: ClaimFacts | null,
): readonly Plural[] {
  const rule = RULES[code];
  return rule === undefined ? [] : rule({ after, claimFacts });
}

type Subject = { readonly after: ServiceFacts; readonly claimFacts: ClaimFacts | null };
type Rule = (subject: Subject) => readonly Plural[];

/** What decides whether pods mount a claim at all. */
const MOUNTING: readonly Plural[] = ["models"];
const POLICIES: readonly Plural[] = ["models", "deployments"];

const RULES: { readonly [C in CheckCode]?: Rule } = {
  ClaimExists: ({ after }) =>
    mayMount(after) ? [...MOUNTING, "persistentvolumeclaims"] : MOUNTING,
  ClaimUsable: ({ after, claimFacts }) => {
    if (!mayMount(after)) return MOUNTING;
    const pending: readonly Plural[] = ["persistentvolumes", "storageclasses", "events", "pods"];
    const waits = claimFacts !== null && isNew(claimFacts);
    return ["persistentvolumeclaims", ...(waits ? pending : [])];
  },
  ClaimWillBeUsed: () => MOUNTING,
  NodeFits: ({ after, claimFacts }) => {
    if (!mayMount(after)) return MOUNTING;
    const bound = claimFacts !== null && !isNew(claimFacts);
    return [
      ...MOUNTING,
      "nodes",
      "persistentvolumeclaims",
      bound ? "persistentvolumes" : "storageclasses",
    ];
  },
  AccessMode: ({ after, claimFacts }) => {
    if (!mayMount(after)) return MOUNTING;
    const shared =
      claimFacts !== null && exclusiveMode(claimFacts.claim.spec?.accessModes ?? []) === null;
    return shared
      ? ["persistentvolumeclaims"]
      : [...MOUNTING, "persistentvolumeclaims", "persistentvolumes", "nodes", "pods"];
  },
  Space: ({ after }) => (mayMount(after) ? [...MOUNTING, "persistentvolumeclaims"] : MOUNTING),
  SharedUse: ({ after }) =>
    mayMount(after)
      ? [...MOUNTING, "persistentvolumeclaims", "inferenceservices", "deployments", "pods"]
      : MOUNTING,
  Quota: () => [...POLICIES, "resourcequotas", "limitranges", "pods", "persistentvolumeclaims"],
  LimitRange: () => [...POLICIES, "limitranges", "persistentvolumeclaims"],
  PodSecurity: () => [...POLICIES, "namespaces"],
};

/** Whether a pod of the service may mount a cache claim, as far as that is known. */
function mayMount(after: ServiceFacts): boolean {
  const { kind } = planOf(after);
  return kind !== "None" && kind !== "Ephemeral";
}
