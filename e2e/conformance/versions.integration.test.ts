import { beforeAll, describe, expect, it } from "vitest";
import {
  aConfigMap,
  aService,
  configMaps,
  connect,
  items,
  METADATA,
  newNamespace,
  services,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;
let path: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

/** Without the ConfigMap that a real cluster puts into every namespace. */
const OURS = "labelSelector=ours";
const ours = { labels: { ours: "yes" } };
const namesOf = (body: Json) => items(body["items"]).map((item) => item["metadata"].name as string);
const make = (name: string) => api.post(path, aConfigMap(name, { metadata: ours }));
const versionOf = (body: Json) => body["metadata"].resourceVersion as string;

describe("resourceVersion of a list", () => {
  it("Exact is the list as it was then", async () => {
    const before = await make("exact-a");
    await make("exact-b");
    await api.delete(`${path}/exact-a`);
    const query = `resourceVersion=${versionOf(before.body)}&resourceVersionMatch=Exact&${OURS}`;
    const { status, body } = await api.get(`${path}?${query}`);
    expect(status).toBe(200);
    expect(namesOf(body)).toContain("exact-a");
    expect(namesOf(body)).not.toContain("exact-b");
    expect(versionOf(body)).toBe(versionOf(before.body));
  });

  it("NotOlderThan has what was written by then", async () => {
    const made = await make("recent");
    const query = `resourceVersion=${versionOf(made.body)}&resourceVersionMatch=NotOlderThan&${OURS}`;
    const { body } = await api.get(`${path}?${query}`);
    expect(namesOf(body)).toContain("recent");
    expect(Number(versionOf(body))).toBeGreaterThanOrEqual(Number(versionOf(made.body)));
  });

  it("a match without a version is refused", async () => {
    const { status, body } = await api.get(`${path}?resourceVersionMatch=NotOlderThan`);
    expect(status).toBe(422);
    expect(body["message"]).toContain(
      "resourceVersionMatch is forbidden unless resourceVersion is provided",
    );
  });

  it("Exact of version 0 is refused", async () => {
    const query = "resourceVersion=0&resourceVersionMatch=Exact";
    const { status, body } = await api.get(`${path}?${query}`);
    expect(status).toBe(422);
    expect(body["message"]).toContain(
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    );
  });

  it("another match is refused", async () => {
    const query = "resourceVersion=1&resourceVersionMatch=Near";
    const { status, body } = await api.get(`${path}?${query}`);
    expect(status).toBe(422);
    expect(body["message"]).toContain('Unsupported value: "Near"');
  });

  it("sendInitialEvents is for watches only", async () => {
    const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=1";
    expect((await api.get(`${path}?${query}`)).status).toBe(422);
  });

  it("a version of the future is a Timeout that says to come back", async () => {
    const { body } = await api.get(path);
    const future = String(Number(versionOf(body)) + 1_000_000);
    const answer = await api.get(
      `${path}?resourceVersion=${future}&resourceVersionMatch=NotOlderThan`,
    );
    expect(answer.status).toBe(504);
    expect(answer.body).toMatchObject({ reason: "Timeout", details: { retryAfterSeconds: 1 } });
    expect(answer.body["message"]).toContain("Too large resource version");
    expect(answer.body["details"].causes[0].reason).toBe("ResourceVersionTooLarge");
  });

  it("what is no version is a bad request", async () => {
    const query = "resourceVersion=abc&resourceVersionMatch=NotOlderThan";
    expect((await api.get(`${path}?${query}`)).status).toBeGreaterThanOrEqual(400);
  });
});

describe("pages", () => {
  beforeAll(async () => {
    for (const name of ["p1", "p2", "p3", "p4", "p5"]) {
      await api.post(services(namespace), {
        ...aService(name),
        metadata: { name, labels: { n: name } },
      });
    }
  });

  const page = async (query: string) => (await api.get(`${services(namespace)}?${query}`)).body;

  it("the last one has no continue, and one as large as the list has none either", async () => {
    expect((await page("limit=5"))["metadata"].continue ?? "").toBe("");
    expect((await page("limit=4"))["metadata"].continue ?? "").not.toBe("");
  });

  it("a selector is applied before the limit, and then nobody knows how many remain", async () => {
    const query = "limit=2&labelSelector=n+in+(p2,p4,p5)";
    const first = await page(query);
    expect(namesOf(first)).toEqual(["p2", "p4"]);
    expect(first["metadata"].remainingItemCount).toBeUndefined();
    const token = encodeURIComponent(first["metadata"].continue as string);
    expect(namesOf(await page(`${query}&continue=${token}`))).toEqual(["p5"]);
  });

  it("remainingItemCount counts down to nothing", async () => {
    const first = await page("limit=2");
    expect(first["metadata"].remainingItemCount).toBe(3);
    const token = encodeURIComponent(first["metadata"].continue as string);
    const second = await page(`limit=2&continue=${token}`);
    expect(second["metadata"].remainingItemCount).toBe(1);
  });

  it("a deleted object is still on its page, a changed one is as it was", async () => {
    const first = await page("limit=3");
    await api.delete(`${services(namespace)}/p5`);
    await api.patch(`${services(namespace)}/p4`, { spec: { modelRef: "other" } });
    const token = encodeURIComponent(first["metadata"].continue as string);
    const second = await page(`limit=3&continue=${token}`);
    expect(namesOf(second)).toEqual(["p4", "p5"]);
    expect(second["items"][0].spec.modelRef).toBe("m");
  });

  it("continue together with a version is refused", async () => {
    const first = await page("limit=1");
    const token = encodeURIComponent(first["metadata"].continue as string);
    const path = `${services(namespace)}?limit=1&continue=${token}&resourceVersion=5`;
    const { status, body } = await api.get(path);
    expect(status).toBe(400);
    expect(body["message"]).toContain(
      "specifying resource version is not allowed when using continue",
    );
  });

  it("pages cross namespaces in the order of their names", async () => {
    const label = `cross-${Date.now().toString(36)}`;
    const spaces = [await newNamespace(api), await newNamespace(api)].sort();
    for (const space of spaces) {
      for (const name of ["a", "b"]) {
        await api.post(configMaps(space), aConfigMap(name, { metadata: { labels: { label } } }));
      }
    }
    const query = `/api/v1/configmaps?labelSelector=label%3D${label}&limit=3`;
    const first = await api.get(query);
    const keys = (body: Json) =>
      items(body["items"]).map(
        ({ metadata }) => `${String(metadata.namespace)}/${String(metadata.name)}`,
      );
    const token = encodeURIComponent(first.body["metadata"].continue as string);
    const second = await api.get(`${query}&continue=${token}`);
    const [one = "", two = ""] = spaces;
    expect([...keys(first.body), ...keys(second.body)]).toEqual([
      `${one}/a`,
      `${one}/b`,
      `${two}/a`,
      `${two}/b`,
    ]);
  });
});

describe("metadata only", () => {
  it("of a list", async () => {
    await make("meta");
    const asList = METADATA.replace("Metadata;", "MetadataList;");
    const { body } = await api.get(`${path}?${OURS}`, asList);
    expect(body["kind"]).toBe("PartialObjectMetadataList");
    const [first] = items(body["items"]);
    expect(first?.["metadata"]).toMatchObject({ namespace, labels: ours.labels });
    expect(first?.["data"]).toBeUndefined();
  });

  it("of one object", async () => {
    await make("meta-one");
    const { body } = await api.get(`${path}/meta-one`, METADATA);
    expect(body).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "meta-one" } });
    expect(body["data"]).toBeUndefined();
  });
});
