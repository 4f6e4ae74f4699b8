import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  configMaps,
  connect,
  deployments,
  newNamespace,
  services,
  type Json,
} from "./api-client";

const api = connect();
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const REVIEWS = "/apis/authorization.k8s.io/v1";
const GROUP = "rbac.authorization.k8s.io";
let namespace: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
});

const rbac = (kind: string) => `${RBAC}/namespaces/${namespace}/${kind}`;
const seen = { timeout: 10_000, message: "the change of rights to be seen" };

/** A service account with a token of its own. */
async function anAccount(name: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.post(accounts, { metadata: { name } });
  const answer = await api.post(`${accounts}/${name}/token`, { spec: {} });
  return answer.body["status"].token as string;
}

const subject = (name: string): Json => ({ kind: "ServiceAccount", name, namespace });

/** An account with exactly these rules in the suite's namespace. */
async function withRules(name: string, rules: Json[]): Promise<string> {
  const token = await anAccount(name);
  await api.post(rbac("roles"), { metadata: { name }, rules });
  await api.post(rbac("rolebindings"), {
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: "Role", name },
    subjects: [subject(name)],
  });
  return token;
}

const may = async (token: string, attributes: Json) => {
  const path = `${REVIEWS}/selfsubjectaccessreviews`;
  const spec = { resourceAttributes: { namespace, ...attributes } };
  return (await api.call("POST", path, { token, body: { spec } })).body["status"]
    .allowed as boolean;
};

describe("rules", () => {
  it("resourceNames allow one object by its name, not the list", async () => {
    await api.post(configMaps(namespace), aConfigMap("mine"));
    await api.post(configMaps(namespace), aConfigMap("other"));
    const rule = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] };
    const token = await withRules("by-name", [{ ...rule, resourceNames: ["mine"] }]);
    const read = async (path: string) => (await api.call("GET", path, { token })).status;
    await expect.poll(() => read(`${configMaps(namespace)}/mine`), seen).toBe(200);
    expect(await read(`${configMaps(namespace)}/other`)).toBe(403);
    expect(await read(configMaps(namespace))).toBe(403);
    expect(await read(`${configMaps(namespace)}?fieldSelector=metadata.name%3Dmine`)).toBe(200);
  });

  it("a subresource is a right of its own", async () => {
    const group = "inference.llmkube.dev";
    const token = await withRules("status-only", [
      { apiGroups: [group], resources: ["inferenceservices/status"], verbs: ["patch"] },
    ]);
    const ask = (subresource?: string) =>
      may(token, { verb: "patch", group, resource: "inferenceservices", subresource });
    await expect.poll(() => ask("status"), seen).toBe(true);
    expect(await ask()).toBe(false);
  });

  it.each<[string, Json, Json, boolean]>([
    ["every verb", { verbs: ["*"] }, { verb: "deletecollection" }, true],
    ["every resource of the group", { resources: ["*"] }, { verb: "get", resource: "pods" }, true],
    ["another group", { apiGroups: ["apps"] }, { verb: "get" }, false],
    ["every group", { apiGroups: ["*"] }, { verb: "get" }, true],
    [
      "a subresource of every resource",
      { resources: ["*/scale"] },
      { verb: "get", resource: "pods", subresource: "scale" },
      true,
    ],
    ["a subresource alone", { resources: ["configmaps/status"] }, { verb: "get" }, false],
  ])("%s", async (title, rule, asked, allowed) => {
    const name = title.replaceAll(" ", "-");
    const base = { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] };
    // a second rule tells when the binding is seen
    const marker = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
    const token = await withRules(name, [{ ...base, ...rule }, marker]);
    await expect.poll(() => may(token, { verb: "get", resource: "secrets" }), seen).toBe(true);
    expect(await may(token, { resource: "configmaps", group: "", ...asked })).toBe(allowed);
  });

  it("list and watch are verbs of their own", async () => {
    const token = await withRules("lists", [
      { apiGroups: [""], resources: ["configmaps"], verbs: ["list"] },
    ]);
    const read = async (query = "") =>
      (await api.call("GET", `${configMaps(namespace)}${query}`, { token })).status;
    await expect.poll(() => read(), seen).toBe(200);
    expect(await read("?watch=true&timeoutSeconds=1")).toBe(403);
  });

  it("a right that is taken away is gone", async () => {
    const rule = { apiGroups: [""], resources: ["configmaps"], verbs: ["list"] };
    const token = await withRules("revoked", [rule]);
    const read = async () => (await api.call("GET", configMaps(namespace), { token })).status;
    await expect.poll(read, seen).toBe(200);
    await api.delete(`${rbac("rolebindings")}/revoked`);
    await expect.poll(read, seen).toBe(403);
  });
});

describe("bindings", () => {
  const name = `reader-${Date.now().toString(36)}`;

  it("a ClusterRole bound in a namespace holds there only, bound cluster-wide everywhere", async () => {
    const token = await anAccount(name);
    await api.post(`${RBAC}/clusterroles`, {
      metadata: { name },
      rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] }],
    });
    const roleRef = { apiGroup: GROUP, kind: "ClusterRole", name };
    const read = async (path: string) => (await api.call("GET", path, { token })).status;
    await api.post(rbac("rolebindings"), {
      metadata: { name },
      roleRef,
      subjects: [subject(name)],
    });
    await expect.poll(() => read(deployments(namespace)), seen).toBe(200);
    expect(await read("/apis/apps/v1/deployments")).toBe(403);
    const bindings = `${RBAC}/clusterrolebindings`;
    await api.post(bindings, { metadata: { name }, roleRef, subjects: [subject(name)] });
    await expect.poll(() => read("/apis/apps/v1/deployments"), seen).toBe(200);
    await api.delete(`${bindings}/${name}`);
    await api.delete(`${RBAC}/clusterroles/${name}`);
  });

  it("a group is a subject: all service accounts of a namespace", async () => {
    const token = await anAccount("member");
    await api.post(rbac("roles"), {
      metadata: { name: "members" },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }],
    });
    await api.post(rbac("rolebindings"), {
      metadata: { name: "members" },
      roleRef: { apiGroup: GROUP, kind: "Role", name: "members" },
      subjects: [{ kind: "Group", apiGroup: GROUP, name: `system:serviceaccounts:${namespace}` }],
    });
    await expect.poll(() => may(token, { verb: "list", resource: "secrets" }), seen).toBe(true);
  });

  it("the role of a binding cannot be changed", async () => {
    await api.post(rbac("rolebindings"), {
      metadata: { name: "fixed" },
      roleRef: { apiGroup: GROUP, kind: "Role", name: "one" },
    });
    const patch = { roleRef: { apiGroup: GROUP, kind: "Role", name: "two" } };
    const { status, body } = await api.patch(`${rbac("rolebindings")}/fixed`, patch);
    expect(status).toBe(422);
    expect(body["message"]).toContain("cannot change roleRef");
  });
});

describe("reviews and impersonation", () => {
  it("SelfSubjectRulesReview tells the rules of this namespace, also of groups", async () => {
    const rule = { verbs: ["get"], apiGroups: ["apps"], resources: ["deployments"] };
    const token = await withRules("told", [rule]);
    const path = `${REVIEWS}/selfsubjectrulesreviews`;
    const rules = async (of: string) =>
      (await api.call("POST", path, { token, body: { spec: { namespace: of } } })).body["status"]
        .resourceRules as Json[];
    await expect.poll(() => rules(namespace), seen).toContainEqual(rule);
    expect(await rules("default")).not.toContainEqual(rule);
  });

  it("SelfSubjectRulesReview lists paths that are no resources", async () => {
    const path = `${REVIEWS}/selfsubjectrulesreviews`;
    const { body } = await api.post(path, { spec: { namespace } });
    expect(body["status"].nonResourceRules).toContainEqual({
      verbs: ["*"],
      nonResourceURLs: ["*"],
    });
    expect(body["status"].incomplete).toBe(false);
  });

  it("a rules review needs a namespace", async () => {
    const path = `${REVIEWS}/selfsubjectrulesreviews`;
    expect((await api.post(path, { spec: {} })).status).toBe(400);
  });

  it("SubjectAccessReview of a group, and of a path", async () => {
    const review = async (spec: Json) =>
      (await api.post(`${REVIEWS}/subjectaccessreviews`, { spec })).body["status"]
        .allowed as boolean;
    const resourceAttributes = { verb: "delete", resource: "nodes" };
    const user = "someone";
    expect(await review({ user, resourceAttributes })).toBe(false);
    expect(await review({ user, groups: ["system:masters"], resourceAttributes })).toBe(true);
    const nonResourceAttributes = { verb: "get", path: "/metrics" };
    expect(await review({ user, nonResourceAttributes })).toBe(false);
  });

  it("LocalSubjectAccessReview asks in its namespace, and in no other", async () => {
    const path = `${REVIEWS}/namespaces/${namespace}/localsubjectaccessreviews`;
    const spec = (of: string) => ({
      user: "someone",
      groups: ["system:masters"],
      resourceAttributes: { verb: "get", resource: "pods", namespace: of },
    });
    const local = { metadata: { namespace } };
    const { body } = await api.post(path, { ...local, spec: spec(namespace) });
    expect(body["status"].allowed).toBe(true);
    expect((await api.post(path, { ...local, spec: spec("default") })).status).toBe(422);
  });

  it("a review that asks two things at once, or nothing, is refused", async () => {
    const path = `${REVIEWS}/selfsubjectaccessreviews`;
    expect((await api.post(path, { spec: {} })).status).toBe(422);
    const both = {
      resourceAttributes: { verb: "get", resource: "pods" },
      nonResourceAttributes: { verb: "get", path: "/" },
    };
    expect((await api.post(path, { spec: both })).status).toBe(422);
  });

  it("who may not impersonate is refused, and cannot become more than it is", async () => {
    const token = await anAccount("plain");
    const answer = await api.call("GET", services(namespace), { token, as: "system:admin" });
    expect(answer.status).toBe(403);
    expect(answer.body["reason"]).toBe("Forbidden");
  });
});
