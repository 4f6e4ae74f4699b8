import { beforeAll, describe, expect, it } from "vitest";
import {
  aService,
  connect,
  ISVC,
  items,
  newNamespace,
  services,
  TABLE,
  type Json,
} from "./api-client";

const api = connect();
let namespace: string;

beforeAll(async () => {
  namespace = await newNamespace(api);
});

/** Names of the columns, `*` behind those of wide output; and the cells of the only row, without name and age. */
async function shown(path: string): Promise<{ columns: string[]; cells: unknown[]; age: unknown }> {
  const { body } = await api.get(path, TABLE);
  const columns = items(body["columnDefinitions"]).map(
    ({ name, priority }) => `${name as string}${priority > 0 ? "*" : ""}`,
  );
  const cells = items(body["rows"])[0]?.["cells"] as unknown[];
  return { columns, cells: cells.slice(1, -1), age: cells.at(-1) };
}

const SERVICE_COLUMNS = [
  "Name",
  "Phase",
  "Model",
  "Replicas",
  "Reason*",
  "Queue*",
  "Priority*",
  "Endpoint",
  "Age",
];
const MODEL_COLUMNS = ["Name", "Phase", "Size", "Accelerator", "Arch*", "Age"];

async function withStatus(path: string, name: string, status: Json): Promise<string> {
  const { status: code } = await api.patch(`${path}/${name}/status`, { status });
  expect(code).toBe(200);
  return `${path}/${name}`;
}

describe("kubectl get", () => {
  it("shows of a service where it stands", async () => {
    const path = services(namespace);
    await api.post(path, aService("full", { modelRef: "llama", priority: "high" }));
    const full = await withStatus(path, "full", {
      phase: "Progressing",
      readyReplicas: 1,
      schedulingStatus: "InsufficientGPU",
      queuePosition: 3,
      endpoint: "http://full",
    });
    const { columns, cells, age } = await shown(full);
    expect(columns).toEqual(SERVICE_COLUMNS);
    expect(cells).toEqual([
      "Progressing",
      "llama",
      "1",
      "InsufficientGPU",
      3,
      "high",
      "http://full",
    ]);
    expect(age).toMatch(/^\d+s$/);
  });

  it("leaves empty what a new service does not have yet", async () => {
    const path = services(namespace);
    await api.post(path, aService("new", { modelRef: "llama" }));
    const { cells } = await shown(`${path}/new`);
    expect(cells).toEqual([null, "llama", null, null, null, "normal", null]);
  });

  it("shows of a Model how large it is", async () => {
    const path = `${ISVC}/namespaces/${namespace}/models`;
    const spec = { source: "org/repo", hardware: { accelerator: "cuda" } };
    const object = {
      apiVersion: "inference.llmkube.dev/v1alpha1",
      kind: "Model",
      metadata: { name: "m" },
      spec,
    };
    await api.post(path, object);
    const model = await withStatus(path, "m", {
      phase: "Ready",
      size: "4.1 GiB",
      gguf: { architecture: "llama" },
    });
    const { columns, cells } = await shown(model);
    expect(columns).toEqual(MODEL_COLUMNS);
    expect(cells).toEqual(["Ready", "4.1 GiB", "cuda", "llama"]);
  });
});
