const SERVER = "^server/";
const TEST = "\\.test\\.tsx?$";

/** Each folder of `server/` and what it may import beside itself and `server/errors`. The table of the architecture. */
const MAY_IMPORT = {
  contract: [],
  domain: ["contract/"],
  cluster: ["contract/", "domain/"],
  runtime: [],
  services: ["contract/", "domain/", "cluster/", "runtime/", "(notification-)?ports\\.ts"],
  controllers: ["contract/", "domain/", "cluster/", "runtime/", "(notification-)?ports\\.ts"],
  kube: ["contract/", "domain/", "runtime/", "(notification-)?ports\\.ts"],
  sources: ["contract/", "domain/", "runtime/", "(notification-)?ports\\.ts"],
  webhook: ["contract/", "domain/", "runtime/", "(notification-)?ports\\.ts"],
  db: ["contract/", "domain/", "runtime/", "(notification-)?ports\\.ts"],
  http: ["contract/", "services/"],
};

const layers = Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `server/${layer} may import only: itself, server/errors, ${allowed.join(", ")}`,
  severity: "error",
  from: { path: `${SERVER}${layer}/`, pathNot: TEST },
  to: {
    path: "^(server|app|components|e2e|sandbox|bench|scripts)/",
    pathNot: [`${SERVER}(${[`${layer}/`, ...allowed].join("|")})`, `${SERVER}errors\\.ts$`],
  },
}));

/** Packages that only one layer may load; `import type` is free. */
const OWNERS = {
  "@kubernetes/client-node": "(kube|testing)/|bootstrap",
  "@prisma": "db/|bootstrap",
  "better-sqlite3": "db/",
  undici: "(kube|sources|webhook)/",
  next: "http/",
};
const owners = Object.entries(OWNERS).map(([dependency, owner]) => ({
  name: `only-owner-loads-${dependency.replaceAll(/[@/]/g, "-")}`,
  severity: "error",
  from: { path: SERVER, pathNot: [`${SERVER}(${owner})`, TEST] },
  to: { path: `node_modules/${dependency}/`, dependencyTypesNot: ["type-only"] },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...owners,
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "components-see-only-the-contract",
      severity: "error",
      from: { path: "^components/", pathNot: TEST },
      to: { path: "^(server|app|e2e|sandbox)/", pathNot: "^server/contract/" },
    },
    {
      name: "app-is-glue",
      comment: "app/ wires; it holds no adapter and no domain rule",
      severity: "error",
      from: { path: "^app/" },
      to: {
        path: "^(server|sandbox|e2e)/",
        pathNot: "^server/(contract|http)/|^server/bootstrap\\.ts$",
      },
    },
    {
      name: "e2e-is-outside",
      severity: "error",
      from: { path: "^e2e/" },
      to: { path: "^(app|components|server|sandbox)/", pathNot: "^server/contract/" },
    },
    {
      name: "sandbox-is-another-program",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: "^(app|components|server|e2e)/" },
    },
    {
      name: "nobody-imports-the-sandbox",
      severity: "error",
      from: { pathNot: "^sandbox/" },
      to: { path: "^sandbox/" },
    },
    {
      name: "tests-only",
      severity: "error",
      from: { pathNot: [TEST, "^server/testing/", "^vitest", "^e2e/"] },
      to: { path: "^server/testing/" },
    },
    {
      name: "domain-is-pure",
      comment: "hashing is a pure function; files, sockets and processes are not",
      severity: "error",
      from: { path: "^server/domain/", pathNot: TEST },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "contract-is-isomorphic",
      comment: "server/contract is bundled into the browser: zod and nothing else",
      severity: "error",
      from: { path: "^server/contract/", pathNot: TEST },
      to: { dependencyTypes: ["core", "npm"], pathNot: "node_modules/zod/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^server/db/generated/" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
