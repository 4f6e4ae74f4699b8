import { describe, expect, it } from "vitest";
import { durationText } from "./ages";
import { columnsOf } from "./builtin-columns";
import { customColumns } from "./custom-columns";
import { compileJsonPath } from "./json-path";
import type { KubeObject } from "./objects";
import { podStatusText } from "./pod-columns";
import { parseAccept } from "./table";

const NOW = "2026-01-02T00:00:00Z";

function anObject(parts: Partial<KubeObject>): KubeObject {
  const metadata = {
    name: "x",
    uid: "u",
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  return { apiVersion: "v1", kind: "X", metadata, ...parts };
}

function row(id: string, object: KubeObject): Record<string, unknown> {
  return Object.fromEntries(columnsOf(id).map(({ name, cell }) => [name, cell(object, NOW)]));
}

describe("Accept", () => {
  it.each([
    [undefined, "object"],
    ["application/json", "object"],
    ["application/json;as=Table;v=v1;g=meta.k8s.io,application/json", "table"],
    ["application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "object"],
    ["application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "metadata"],
    ["application/vnd.kubernetes.protobuf,application/json", "object"],
    ["text/html", undefined],
  ])("%s asks for %s", (header, view) => {
    expect(parseAccept(header)).toBe(view);
  });
});

describe("rows", () => {
  it("a bound claim shows size and modes, an unbound one does not", () => {
    const spec = { volumeName: "pv-1", storageClassName: "local", volumeMode: "Filesystem" };
    const status = {
      phase: "Bound",
      capacity: { storage: "10Gi" },
      accessModes: ["ReadWriteOnce"],
    };
    expect(row("persistentvolumeclaims", anObject({ spec, status }))).toMatchObject({
      Status: "Bound",
      Capacity: "10Gi",
      "Access Modes": "RWO",
      Age: "24h",
    });
    const pending = anObject({
      spec: {},
      status: { phase: "Pending", accessModes: ["ReadWriteOnce"] },
    });
    expect(row("persistentvolumeclaims", pending)).toMatchObject({
      Capacity: "",
      "Access Modes": "",
    });
  });

  it("a cordoned node says so", () => {
    const object = anObject({
      spec: { unschedulable: true },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    });
    expect(row("nodes", object)["Status"]).toBe("Ready,SchedulingDisabled");
  });

  it.each<[string, unknown, string]>([
    ["its phase", { phase: "Running" }, "Running"],
    [
      "the init container it is at",
      {
        phase: "Pending",
        initContainerStatuses: [
          { state: { terminated: { exitCode: 0 } } },
          { state: { running: {} } },
        ],
      },
      "Init:1/2",
    ],
    [
      "why an init container waits",
      { initContainerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] },
      "Init:CrashLoopBackOff",
    ],
    [
      "why a container waits",
      {
        phase: "Pending",
        containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }],
      },
      "ImagePullBackOff",
    ],
  ])("a pod shows %s", (_title, status, expected) => {
    expect(podStatusText(anObject({ status }))).toBe(expected);
  });

  it("a custom kind shows what its definition names", () => {
    const columns = customColumns([
      { name: "Model", type: "string", jsonPath: ".spec.modelRef" },
      { name: "Since", type: "date", jsonPath: ".metadata.creationTimestamp", priority: 1 },
      { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    ]);
    const status = {
      conditions: [
        { type: "Other", status: "False" },
        { type: "Ready", status: "True" },
      ],
    };
    const object = anObject({ spec: { modelRef: "m" }, status });
    expect(columns.map(({ cell }) => cell(object, NOW))).toEqual(["x", "m", "24h", "True"]);
  });
});

it.each([
  [59_000, "59s"],
  [119_000, "119s"],
  [192_000, "3m12s"],
  [3_600_000, "60m"],
  [4 * 3_600_000, "4h"],
  [49 * 3_600_000, "2d1h"],
  [30 * 86_400_000, "30d"],
])("%d ms is %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it.each<[string, unknown[]]>([
  [".a.b", [1]],
  ["{.a}", []],
  [".list[0].n", ["x"]],
  [".list[*].n", ["x", "y"]],
  ['.list[?(@.n=="y")].v', [2]],
  [".labels.example\\.com/app", ["web"]],
  [".nothing.here", []],
])("the path %s finds %j", (path, expected) => {
  const object = {
    a: { b: 1 },
    list: [{ n: "x" }, { n: "y", v: 2 }],
    labels: { "example.com/app": "web" },
  };
  expect(compileJsonPath(path)(object)).toEqual(expected);
});
