import type { Evidence, Finding } from "@/server/contract/finding";
import type { ClaimFacts, ServiceFacts, Surroundings } from "../facts";
import type { AnyObject, KubeEvent } from "../objects";
import { servingClaimFacts } from "../service-state";
import { quote, secondsBetween } from "../wording";
import { eventEvidence, eventTime } from "./event-evidence";
import { buildFinding, seen } from "./finding";

/** What still fails is told again by then; an older event may be about a right that was given since. */
const EVENT_SECONDS = 1800;
const NAME = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
/** The API server's own words: names, a verb and a resource are letters that mean nothing to a shell. */
const DENIAL = new RegExp(
  `User "system:serviceaccount:(?<home>${NAME}):(?<account>${NAME})" cannot (?<verb>[a-z]{1,30}) resource "(?<resource>[a-z]{1,63})(?:/(?<part>[a-z]{1,63}))?" in API group "(?<group>[a-z0-9.-]{0,253})"(?: in the namespace "(?<namespace>${NAME})")?`,
  "u",
);

/** Where somebody was told no, in the API server's words. */
type Said = { readonly text: string; readonly since: string | null; readonly evidence: Evidence };
type Denial = {
  /** `namespace:name` of the account. */
  readonly home: string;
  readonly account: string;
  readonly verb: string;
  readonly resource: string;
  /** "" when the right is to the resource itself. */
  readonly part: string;
  readonly group: string;
  /** "" for the whole cluster. */
  readonly namespace: string;
};

/** An operator or provisioner is refused by the API server, as a condition or an event of the service's chain says. */
export function accountLacksRight(facts: ServiceFacts): Finding | null {
  const claim = servingClaimFacts(facts);
  return firstDenial([
    ...ofConditions(facts),
    ...ofEvents(facts.events, facts.surroundings),
    ...(claim === null ? [] : ofEvents(claim.events, facts.surroundings)),
  ]);
}

/** The same as the claim's own events say it. */
export function accountLacksRightOnClaim({ events, surroundings }: ClaimFacts): Finding | null {
  return firstDenial(ofEvents(events, surroundings));
}

function firstDenial(said: readonly Said[]): Finding | null {
  for (const { text, since, evidence } of said) {
    const denial = denialIn(text);
    if (denial !== null) return build(denial, since, evidence);
  }
  return null;
}

function denialIn(text: string): Denial | null {
  const groups = DENIAL.exec(text)?.groups;
  if (groups === undefined) return null;
  const { home = "", account = "", verb = "", resource = "" } = groups;
  const { part = "", group = "", namespace = "" } = groups;
  return { home, account, verb, resource, part, group, namespace };
}

function build(denial: Denial, since: string | null, evidence: Evidence): Finding {
  const { home, account, verb, resource, part, namespace } = denial;
  const what = part === "" ? resource : `${resource}/${part}`;
  const where = namespace === "" ? "in the whole cluster" : `in namespace ${quote(namespace)}`;
  return buildFinding({
    code: "AccountLacksRight",
    severity: "error",
    message: `Service account ${quote(account)} of namespace ${quote(home)} may not ${verb} ${what} ${where}, and what it works for fails.`,
    nextStep: `Give it that right by a Role or ClusterRole and a binding. Who tried tries again by itself.`,
    since,
    evidence: [evidence],
    actions: [
      {
        type: "CopyCommand",
        label: "Copy the command that checks it",
        command: checkCommand(denial),
      },
    ],
  });
}

function checkCommand({ home, account, verb, resource, part, group, namespace }: Denial): string {
  return [
    `kubectl auth can-i ${verb} ${group === "" ? resource : `${resource}.${group}`}`,
    ...(part === "" ? [] : [`--subresource=${part}`]),
    `--as=system:serviceaccount:${home}:${account}`,
    namespace === "" ? "--all-namespaces" : `-n ${namespace}`,
  ].join(" ");
}

type Conditional = AnyObject & {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly message?: string;
      readonly lastTransitionTime?: string | null;
    }[];
  };
};

/** Conditions of what is not Ready: those of a Ready object are left over. */
function ofConditions({ service, model, deployment, surroundings }: ServiceFacts): Said[] {
  const objects: readonly (readonly [string, Conditional | null])[] = [
    ["InferenceService", service],
    ["Model", model],
    ["Deployment", deployment],
  ];
  return objects.flatMap(([kind, object]) => {
    if (object === null || object.status?.phase === "Ready") return [];
    return (object.status?.conditions ?? []).map(({ type, message = "", lastTransitionTime }) => ({
      text: message,
      since: lastTransitionTime ?? null,
      evidence: seen(surroundings, {
        kind,
        object,
        field: `status.conditions[${type}].message`,
        value: message,
      }),
    }));
  });
}

function ofEvents(events: readonly KubeEvent[], surroundings: Surroundings): Said[] {
  return events
    .filter((event) => (secondsBetween(eventTime(event), surroundings.now) ?? 0) <= EVENT_SECONDS)
    .map((event) => ({
      text: event.message ?? "",
      since: eventTime(event),
      evidence: eventEvidence(surroundings, event),
    }));
}
