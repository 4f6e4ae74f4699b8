import { describe, expect, it } from "vitest";
import { connect, items, TABLE } from "./api-client";

const api = connect();

const AGE = "Age:string:0";
const WORKLOAD = ["Containers:string:1", "Images:string:1", "Selector:string:1"];
const BINDING = [
  "Role:string:0",
  AGE,
  "Users:string:1",
  "Groups:string:1",
  "ServiceAccounts:string:1",
];
const EVENT = [
  ..."Last Seen,Type,Reason,Object".split(",").map((name) => `${name}:string:0`),
  ...["Subobject:string:1", "Source:string:1", "Message:string:0", "First Seen:string:1"],
  ...["Count:string:1", "Name:string:1"],
];

/** Columns after the name, as `name:type:priority`. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/configmaps": ["Data:string:0", AGE],
  "/api/v1/secrets": ["Type:string:0", "Data:string:0", AGE],
  "/api/v1/namespaces": ["Status:string:0", AGE],
  "/api/v1/services": [
    ..."Type,Cluster-IP,External-IP,Port(s)".split(",").map((name) => `${name}:string:0`),
    ...[AGE, "Selector:string:1"],
  ],
  "/api/v1/pods": [
    ..."Ready,Status,Restarts,Age".split(",").map((name) => `${name}:string:0`),
    ..."IP,Node,Nominated Node,Readiness Gates".split(",").map((name) => `${name}:string:1`),
  ],
  "/api/v1/nodes": [
    ..."Status,Roles,Age,Version".split(",").map((name) => `${name}:string:0`),
    ..."Internal-IP,External-IP,OS-Image,Kernel-Version,Container-Runtime"
      .split(",")
      .map((name) => `${name}:string:1`),
  ],
  "/apis/apps/v1/deployments": [
    ..."Ready,Up-to-date,Available,Age".split(",").map((name) => `${name}:string:0`),
    ...WORKLOAD,
  ],
  "/apis/apps/v1/replicasets": [
    ..."Desired,Current,Ready".split(",").map((name) => `${name}:integer:0`),
    ...[AGE, ...WORKLOAD],
  ],
  "/apis/batch/v1/jobs": [
    ..."Status,Completions,Duration,Age".split(",").map((name) => `${name}:string:0`),
    ...WORKLOAD,
  ],
  "/apis/rbac.authorization.k8s.io/v1/roles": ["Created At:date:0"],
  "/apis/rbac.authorization.k8s.io/v1/rolebindings": BINDING,
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings": BINDING,
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": ["Created At:date:0"],
  "/api/v1/resourcequotas": ["Request:string:0", "Limit:string:0", AGE],
  "/api/v1/limitranges": ["Created At:date:0"],
  "/apis/coordination.k8s.io/v1/leases": ["Holder:string:0", AGE],
  "/apis/scheduling.k8s.io/v1/priorityclasses": [
    ...["Value:integer:0", "Global-Default:boolean:0", AGE, "PreemptionPolicy:string:0"],
  ],
};

async function columns(path: string): Promise<string[]> {
  const { body } = await api.get(`${path}?limit=1`, TABLE);
  return items(body["columnDefinitions"]).map(
    ({ name, type, priority }) => `${String(name)}:${String(type)}:${String(priority)}`,
  );
}

describe("the columns of a table", () => {
  it.each(Object.entries(COLUMNS))("%s", async (path, expected) => {
    expect(await columns(path)).toEqual(["Name:string:0", ...expected]);
  });

  it.each(["/api/v1/events", "/apis/events.k8s.io/v1/events"])("%s", async (path) => {
    expect(await columns(path)).toEqual(EVENT);
  });

  it("one object is a table of one row", async () => {
    const { body } = await api.get("/api/v1/namespaces/default", TABLE);
    expect(items(body["rows"]).map((row) => (row["cells"] as unknown[]).slice(0, 2))).toEqual([
      ["default", "Active"],
    ]);
  });
});
