import { asArray, asRecord, asText } from "./json";
import { MASTERS, type User } from "./identity";
import type { KubeObject } from "./objects";
import { qualified, StatusError, type ResourceName } from "./status-error";
import type { ApiState } from "./writes";

const RBAC = "rbac.authorization.k8s.io";

export interface Attributes {
  verb: string;
  group: string;
  /** `pods`, or `pods/log` with a subresource. */
  resource: string;
  name: string;
  namespace: string | undefined;
}

export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface Decision {
  allowed: boolean;
  reason: string;
}

interface Grant {
  binding: KubeObject;
  role: KubeObject;
  subject: string;
}

function subjectOf(binding: KubeObject, user: User): string | undefined {
  for (const entry of asArray(binding["subjects"]).map(asRecord)) {
    const name = asText(entry["name"]);
    if (entry["kind"] === "User" && name === user.username) return `User "${name}"`;
    if (entry["kind"] === "Group" && user.groups.includes(name)) return `Group "${name}"`;
    const namespace = asText(entry["namespace"]) || (binding.metadata.namespace ?? "");
    const account = `system:serviceaccount:${namespace}:${name}`;
    if (entry["kind"] === "ServiceAccount" && account === user.username) {
      return `ServiceAccount "${name}/${namespace}"`;
    }
  }
  return undefined;
}

function roleOf(api: ApiState, binding: KubeObject): KubeObject | undefined {
  const reference = asRecord(binding["roleRef"]);
  const name = asText(reference["name"]);
  return reference["kind"] === "ClusterRole"
    ? api.store.get(`clusterroles.${RBAC}`, undefined, name)
    : api.store.get(`roles.${RBAC}`, binding.metadata.namespace, name);
}

function grants(api: ApiState, user: User, namespace: string | undefined): Grant[] {
  const local = namespace
    ? api.store
        .snapshot(`rolebindings.${RBAC}`)
        .objects.filter((binding) => binding.metadata.namespace === namespace)
    : [];
  const bindings = [...api.store.snapshot(`clusterrolebindings.${RBAC}`).objects, ...local];
  return bindings.flatMap((binding) => {
    const subject = subjectOf(binding, user);
    const role = subject === undefined ? undefined : roleOf(api, binding);
    return subject !== undefined && role ? [{ binding, role, subject }] : [];
  });
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((entry) => entry === "*" || entry === value) ?? false;
}

function hasResource(list: readonly string[] | undefined, resource: string): boolean {
  const [, subresource] = resource.split("/");
  const anyOf = subresource === undefined ? undefined : `*/${subresource}`;
  return list?.some((entry) => entry === "*" || entry === resource || entry === anyOf) ?? false;
}

function allows(rule: Rule, wanted: Attributes): boolean {
  const named = rule.resourceNames ?? [];
  return (
    has(rule.verbs, wanted.verb) &&
    has(rule.apiGroups, wanted.group) &&
    hasResource(rule.resources, wanted.resource) &&
    (named.length === 0 || named.includes(wanted.name))
  );
}

function rulesOf(role: KubeObject): Rule[] {
  return asArray(role["rules"]) as Rule[];
}

/** What the user may do, by the roles and bindings stored at this moment. */
export function authorize(api: ApiState, user: User, wanted: Attributes): Decision {
  if (user.groups.includes(MASTERS)) return { allowed: true, reason: "" };
  const grant = grants(api, user, wanted.namespace).find(({ role }) =>
    rulesOf(role).some((rule) => allows(rule, wanted)),
  );
  if (!grant) return { allowed: false, reason: "" };
  const { binding, role, subject } = grant;
  const where = binding.metadata.namespace ? `/${binding.metadata.namespace}` : "";
  const name = JSON.stringify(`${binding.metadata.name}${where}`);
  const granted = JSON.stringify(role.metadata.name);
  return {
    allowed: true,
    reason: `RBAC: allowed by ${binding.kind} ${name} of ${role.kind} ${granted} to ${subject}`,
  };
}

/** Discovery, versions and health: what the bootstrap roles let everybody read. */
const OPEN_PATH = /^\/(api|apis|openapi|version|healthz|livez|readyz)(\/|$)/;

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

/** May the user ask for a path that is no resource? */
export function authorizePath(
  api: ApiState,
  user: User,
  { verb, path }: { verb: string; path: string },
): Decision {
  const isOpen = verb === "get" && OPEN_PATH.test(path);
  const isGranted = grants(api, user, undefined)
    .flatMap(({ role }) => rulesOf(role))
    .some(
      ({ verbs, nonResourceURLs }) =>
        has(verbs, verb) && nonResourceURLs?.some((pattern) => pathMatches(pattern, path)),
    );
  return { allowed: user.groups.includes(MASTERS) || isOpen || isGranted, reason: "" };
}

/** Every rule that applies to the user in a namespace, for SelfSubjectRulesReview. */
export function rulesFor(api: ApiState, user: User, namespace: string): Rule[] {
  if (user.groups.includes(MASTERS)) {
    return [
      { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
      { verbs: ["*"], nonResourceURLs: ["*"] },
    ];
  }
  return grants(api, user, namespace).flatMap(({ role }) => rulesOf(role));
}

/** @throws StatusError Forbidden, worded as RBAC words it */
export function assertAllowed(api: ApiState, user: User, wanted: Attributes): void {
  if (authorize(api, user, wanted).allowed) return;
  const [plural = ""] = wanted.resource.split("/");
  const resource: ResourceName = { group: wanted.group, plural, kind: "" };
  const named = wanted.name === "" ? "" : ` ${JSON.stringify(wanted.name)}`;
  const where =
    wanted.namespace === undefined
      ? "at the cluster scope"
      : `in the namespace ${JSON.stringify(wanted.namespace)}`;
  throw new StatusError({
    code: 403,
    reason: "Forbidden",
    message: `${qualified(resource)}${named} is forbidden: User ${JSON.stringify(user.username)} cannot ${wanted.verb} resource ${JSON.stringify(wanted.resource)} in API group ${JSON.stringify(wanted.group)} ${where}`,
    details: {
      ...(wanted.name === "" ? {} : { name: wanted.name }),
      ...(wanted.group === "" ? {} : { group: wanted.group }),
      kind: plural,
    },
  });
}
