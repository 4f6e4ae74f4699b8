import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aService,
  configMaps,
  connect,
  items,
  newNamespace,
  services,
  TABLE,
  type Json,
} from "./api-client";
import { agedToken, cannotForget, forgetHistory } from "./history";

const api = connect();
let path: string;
const names = ["a", "b", "c", "d", "e"];

beforeAll(async () => {
  path = configMaps(await newNamespace(api));
  for (const [index, name] of names.entries()) {
    const labels = { odd: String(index % 2 === 1), ...(name === "c" ? { only: "c" } : {}) };
    await api.post(path, aConfigMap(name, { metadata: { labels } }));
  }
});

/** Without the ConfigMap that a real cluster puts into every namespace. */
const NOT_ROOT = "fieldSelector=metadata.name!%3Dkube-root-ca.crt";
const namesOf = (body: Json) => items(body["items"]).map((item) => item["metadata"].name as string);

describe("list", () => {
  it("answers a typed list under one resourceVersion, in order of names", async () => {
    const { status, body } = await api.get(`${path}?${NOT_ROOT}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
    expect(body["metadata"].resourceVersion).toMatch(/^\d+$/);
    expect(namesOf(body)).toEqual(names);
  });

  it("items of a built-in list do not repeat kind and apiVersion", async () => {
    const { body } = await api.get(path);
    expect(body["items"][0].kind).toBeUndefined();
  });

  it("pages with limit and continue over one snapshot", async () => {
    const first = await api.get(`${path}?limit=2&${NOT_ROOT}`);
    expect(namesOf(first.body)).toEqual(["a", "b"]);
    await api.post(path, aConfigMap("bb"));
    const rest: string[] = [];
    let token = first.body["metadata"].continue as string | undefined;
    while (token) {
      const page = await api.get(
        `${path}?limit=2&continue=${encodeURIComponent(token)}&${NOT_ROOT}`,
      );
      expect(page.body["metadata"].resourceVersion).toBe(first.body["metadata"].resourceVersion);
      rest.push(...namesOf(page.body));
      token = page.body["metadata"].continue as string | undefined;
    }
    expect(rest).toEqual(["c", "d", "e"]);
    await api.delete(`${path}/bb`);
  });

  it("says how many remain when nothing is selected", async () => {
    const all = await api.get(path);
    const { body } = await api.get(`${path}?limit=2`);
    expect(body["metadata"].remainingItemCount).toBe(all.body["items"].length - 2);
  });

  it("a malformed continue is a bad request", async () => {
    const { status, body } = await api.get(`${path}?limit=2&continue=nonsense`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ kind: "Status", reason: "BadRequest" });
  });

  it.each([
    ["labelSelector=odd%3Dtrue", ["b", "d"]],
    ["labelSelector=odd!%3Dtrue,odd", ["a", "c", "e"]],
    ["labelSelector=only", ["c"]],
    ["labelSelector=odd,!only", ["a", "b", "d", "e"]],
    ["labelSelector=odd+in+(true,other)", ["b", "d"]],
    ["labelSelector=odd,only+notin+(c)", ["a", "b", "d", "e"]],
    ["fieldSelector=metadata.name%3Dd", ["d"]],
    ["labelSelector=odd&fieldSelector=metadata.name!%3Da", ["b", "c", "d", "e"]],
  ])("%s selects %j", async (query, expected) => {
    const { body } = await api.get(`${path}?${query}`);
    expect(namesOf(body)).toEqual(expected);
  });

  it("a field that cannot be selected by is a bad request", async () => {
    const { status, body } = await api.get(`${path}?fieldSelector=data.a%3D1`);
    expect(status).toBe(400);
    expect(body["message"]).toContain("is not a known field selector");
  });

  it("a table has columns and a row for each object", async () => {
    const { body } = await api.get(`${path}?${NOT_ROOT}`, TABLE);
    expect(body["kind"]).toBe("Table");
    const columns = items(body["columnDefinitions"]).map((column) => column["name"] as string);
    expect(columns).toEqual(["Name", "Data", "Age"]);
    const cells = items(body["rows"]).map((row) => (row["cells"] as unknown[]).slice(0, 2));
    expect(cells).toEqual(names.map((name) => [name, 1]));
    expect(body["rows"][0].object["kind"]).toBe("PartialObjectMetadata");
  });

  it("a custom kind's table has the columns of its definition", async () => {
    const { body } = await api.get("/apis/inference.llmkube.dev/v1alpha1/inferenceservices", TABLE);
    const columns = items(body["columnDefinitions"]).map((column) => column["name"] as string);
    expect(columns.slice(0, 4)).toEqual(["Name", "Phase", "Model", "Replicas"]);
  });
});

describe.skipIf(cannotForget)(`after compaction (${cannotForget ?? "of our own server"})`, () => {
  it("continuing is a 410 with a token that goes on inconsistently", async () => {
    const all = services(path.split("/")[4] ?? "");
    for (const name of names) await api.post(all, aService(name));
    const first = await api.get(`${all}?limit=2`);
    await forgetHistory();
    const token = encodeURIComponent(agedToken(first.body["metadata"].continue as string));
    const gone = await api.get(`${all}?limit=2&continue=${token}`);
    expect(gone.status).toBe(410);
    expect(gone.body).toMatchObject({ reason: "Expired", code: 410 });
    expect(gone.body["message"]).toContain("The provided continue parameter is too old");
    const onward = encodeURIComponent(gone.body["metadata"].continue as string);
    const rest = await api.get(`${all}?continue=${onward}`);
    expect(namesOf(rest.body)).toEqual(["c", "d", "e"]);
  });

  it("a list at an exact version that is gone is a 410", async () => {
    await forgetHistory();
    const all = services(path.split("/")[4] ?? "");
    const { status } = await api.get(`${all}?resourceVersion=2&resourceVersionMatch=Exact`);
    expect(status).toBe(410);
  });
});
