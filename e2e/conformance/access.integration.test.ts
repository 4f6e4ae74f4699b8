import { beforeAll, describe, expect, it } from "vitest";
import { configMaps, connect, newNamespace, type Json } from "./api-client";

const api = connect();
const REVIEWS = "/apis/authorization.k8s.io/v1";
let namespace: string;
let token: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.post(accounts, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "reader" },
  });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const group = "rbac.authorization.k8s.io";
  await api.post(`${rbac}/roles`, {
    apiVersion: `${group}/v1`,
    kind: "Role",
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }],
  });
  await api.post(`${rbac}/rolebindings`, {
    apiVersion: `${group}/v1`,
    kind: "RoleBinding",
    metadata: { name: "reader" },
    roleRef: { apiGroup: group, kind: "Role", name: "reader" },
    subjects: [{ kind: "ServiceAccount", name: "reader", namespace }],
  });
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const answer = await api.post(`${accounts}/reader/token`, request);
  token = answer.body["status"].token as string;
});

const as = (method: string, path: string, body?: Json) =>
  api.call(method, path, { token, ...(body === undefined ? {} : { body }) });

describe("access", () => {
  it("no valid token is Unauthorized", async () => {
    const { status, body } = await api.call("GET", "/api/v1/namespaces", { token: "wrong" });
    expect(status).toBe(401);
    expect(body).toMatchObject({ kind: "Status", reason: "Unauthorized", code: 401 });
  });

  it("what a role grants is allowed where it is bound", async () => {
    const allowed = async () => (await as("GET", configMaps(namespace))).status;
    await expect.poll(allowed, { timeout: 10_000, message: "the binding to be seen" }).toBe(200);
  });

  it("all else is Forbidden, with who, what and where", async () => {
    const { status, body } = await as("POST", configMaps(namespace), { metadata: { name: "x" } });
    expect(status).toBe(403);
    expect(body["message"]).toBe(
      `configmaps is forbidden: User "system:serviceaccount:${namespace}:reader" cannot create resource "configmaps" in API group "" in the namespace "${namespace}"`,
    );
    expect(body["details"]).toEqual({ kind: "configmaps" });
  });

  it("a binding in one namespace grants nothing in another", async () => {
    expect((await as("GET", configMaps("default"))).status).toBe(403);
  });

  it("at the cluster scope it says so", async () => {
    const { body } = await as("GET", "/api/v1/nodes");
    expect(body["message"]).toContain(
      'cannot list resource "nodes" in API group "" at the cluster scope',
    );
  });

  const attributes = (verb: string, group = "", resource = "configmaps") => ({
    verb,
    group,
    resource,
    namespace,
  });

  it.each([
    ["list", true],
    ["delete", false],
  ])("SelfSubjectAccessReview: may I %s? %s", async (verb, allowed) => {
    const spec = { resourceAttributes: attributes(verb) };
    const { status, body } = await as("POST", `${REVIEWS}/selfsubjectaccessreviews`, { spec });
    expect(status).toBe(201);
    expect(body["status"].allowed).toBe(allowed);
  });

  it("SubjectAccessReview answers for another", async () => {
    const user = `system:serviceaccount:${namespace}:reader`;
    const spec = { user, resourceAttributes: attributes("get") };
    const { body } = await api.post(`${REVIEWS}/subjectaccessreviews`, { spec });
    expect(body["status"].allowed).toBe(true);
    expect(body["status"].reason).toContain("RoleBinding");
  });

  it("SelfSubjectRulesReview lists the granted rules", async () => {
    const spec = { namespace };
    const { body } = await as("POST", `${REVIEWS}/selfsubjectrulesreviews`, { spec });
    expect(body["status"].resourceRules).toContainEqual({
      verbs: ["get", "list"],
      apiGroups: [""],
      resources: ["configmaps"],
    });
  });

  it("SelfSubjectReview says who one is", async () => {
    const { body } = await as("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
    expect(body["status"].userInfo.username).toBe(`system:serviceaccount:${namespace}:reader`);
    expect(body["status"].userInfo.groups).toContain("system:authenticated");
  });

  it("TokenReview knows a token and refuses another", async () => {
    const review = async (tested: string) => {
      const path = "/apis/authentication.k8s.io/v1/tokenreviews";
      const { body } = await api.post(path, { spec: { token: tested } });
      return body["status"] as { authenticated?: boolean };
    };
    expect(await review(token)).toMatchObject({ authenticated: true });
    expect((await review("wrong")).authenticated ?? false).toBe(false);
  });
});
