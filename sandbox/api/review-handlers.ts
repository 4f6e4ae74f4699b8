import { readBody, sendJson, type Exchange } from "./exchange";
import type { Tokens, User } from "./identity";
import { asArray, asRecord, asText, type JsonRecord } from "./json";
import { invalidValue } from "./metadata-validation";
import { authorize, authorizePath, rulesFor, type Attributes } from "./rbac";
import { badRequest, invalid, methodNotAllowed } from "./status-error";

export interface ReviewKind {
  group: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

const AUTHENTICATION = "authentication.k8s.io";
const AUTHORIZATION = "authorization.k8s.io";

/** Kinds that are asked and never stored. */
export const REVIEW_KINDS: readonly ReviewKind[] = [
  { group: AUTHENTICATION, plural: "tokenreviews", kind: "TokenReview", namespaced: false },
  {
    group: AUTHENTICATION,
    plural: "selfsubjectreviews",
    kind: "SelfSubjectReview",
    namespaced: false,
  },
  {
    group: AUTHORIZATION,
    plural: "selfsubjectaccessreviews",
    kind: "SelfSubjectAccessReview",
    namespaced: false,
  },
  {
    group: AUTHORIZATION,
    plural: "selfsubjectrulesreviews",
    kind: "SelfSubjectRulesReview",
    namespaced: false,
  },
  {
    group: AUTHORIZATION,
    plural: "subjectaccessreviews",
    kind: "SubjectAccessReview",
    namespaced: false,
  },
  {
    group: AUTHORIZATION,
    plural: "localsubjectaccessreviews",
    kind: "LocalSubjectAccessReview",
    namespaced: true,
  },
];

/** What everybody may ask about themselves. */
const ABOUT_ONESELF = /^selfsubject/;

export function isSelfReview(plural: string | undefined): boolean {
  return ABOUT_ONESELF.test(plural ?? "");
}

function attributesOf(spec: JsonRecord): Attributes {
  const wanted = asRecord(spec["resourceAttributes"]);
  const subresource = asText(wanted["subresource"]);
  const resource = asText(wanted["resource"]);
  return {
    verb: asText(wanted["verb"]),
    group: asText(wanted["group"]),
    resource: subresource === "" ? resource : `${resource}/${subresource}`,
    name: asText(wanted["name"]),
    namespace: asText(wanted["namespace"]) || undefined,
  };
}

function access(exchange: Exchange, user: User, spec: JsonRecord): JsonRecord {
  const path = spec["nonResourceAttributes"];
  const { allowed, reason } =
    path === undefined
      ? authorize(exchange.api, user, attributesOf(spec))
      : authorizePath(exchange.api, user, {
          verb: asText(asRecord(path)["verb"]),
          path: asText(asRecord(path)["path"]),
        });
  return { allowed, ...(reason === "" ? {} : { reason }) };
}

function subjectOf(spec: JsonRecord): User {
  return {
    username: asText(spec["user"]),
    uid: asText(spec["uid"]),
    groups: asArray(spec["groups"]).map(asText),
  };
}

function userInfo({ username, groups, uid }: User): JsonRecord {
  return { username, groups, ...(uid === "" ? {} : { uid }) };
}

function rules(exchange: Exchange, spec: JsonRecord): JsonRecord {
  const found = rulesFor(exchange.api, exchange.user, asText(spec["namespace"]));
  return {
    resourceRules: found.filter((rule) => rule.resources !== undefined),
    nonResourceRules: found
      .filter((rule) => rule.nonResourceURLs !== undefined)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

function tokenStatus(tokens: Tokens, spec: JsonRecord): JsonRecord {
  const user = tokens.find(asText(spec["token"]));
  return user
    ? { authenticated: true, user: userInfo(user) }
    : { authenticated: false, user: {}, error: "invalid bearer token" };
}

function answer(exchange: Exchange, tokens: Tokens, { kind, spec }: Asked): JsonRecord {
  switch (kind) {
    case "TokenReview":
      return tokenStatus(tokens, spec);
    case "SelfSubjectReview":
      return { userInfo: userInfo(exchange.user) };
    case "SelfSubjectRulesReview":
      return rules(exchange, spec);
    case "SelfSubjectAccessReview":
      return access(exchange, exchange.user, spec);
    default:
      return access(exchange, subjectOf(spec), spec);
  }
}

interface Asked {
  kind: string;
  spec: JsonRecord;
}

/** An access review asks about a resource or about a path; one in a namespace asks about that namespace. */
function assertAskable({ info }: Exchange, review: ReviewKind, spec: JsonRecord): void {
  if (review.kind === "SelfSubjectRulesReview" && asText(spec["namespace"]) === "") {
    throw badRequest("no namespace on request");
  }
  if (!review.kind.endsWith("AccessReview")) return;
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const field = "spec.resourceAttributes";
  const problems = [];
  if ((resource === undefined) === (path === undefined)) {
    const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    problems.push(invalidValue(field, null, why));
  }
  const asked = asText(asRecord(resource)["namespace"]);
  if (review.namespaced && asked !== info.namespace) {
    const why = "must match metadata.namespace";
    problems.push(invalidValue(`${field}.namespace`, asked, why));
  }
  if (problems.length > 0) throw invalid(review, "", problems);
}

/** Answers a review; nothing is stored. */
export async function handleReview(
  exchange: Exchange,
  review: ReviewKind,
  tokens: Tokens,
): Promise<void> {
  if (exchange.info.verb !== "create") throw methodNotAllowed();
  const body = asRecord(await readBody(exchange.request));
  const spec = asRecord(body["spec"]);
  assertAskable(exchange, review, spec);
  sendJson(exchange.response, 201, {
    kind: review.kind,
    apiVersion: `${review.group}/v1`,
    metadata: { creationTimestamp: null },
    spec,
    status: answer(exchange, tokens, { kind: review.kind, spec }),
  });
}
