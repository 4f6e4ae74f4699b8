import { describe, expect, it } from "vitest";

import {
  changedFieldOwners,
  claimFieldOwners,
  lastWriter,
  mainOwner,
  otherOwners,
} from "./field-owner";
import { describeWriter, gitopsTool, isGitopsManager, writerTool } from "./gitops";

const entry = (manager: string, time: string, fields: object = { "f:claimName": {} }) => ({
  manager,
  operation: "Apply",
  time,
  fieldsV1: { "f:spec": { "f:modelCache": fields } },
});

describe("claimFieldOwners", () => {
  it("names those that own the field itself, latest first", () => {
    const owners = claimFieldOwners([
      entry("mooring", "2026-03-01T10:00:00Z"),
      entry("kustomize-controller", "2026-03-01T11:00:00Z"),
      entry("kubectl", "2026-03-01T12:00:00Z", { ".": {}, "f:persistence": {} }),
      {
        manager: "llmkube",
        operation: "Update",
        subresource: "status",
        fieldsV1: { "f:status": {} },
      },
    ]);

    expect(owners).toEqual([
      {
        manager: "kustomize-controller",
        operation: "Apply",
        time: "2026-03-01T11:00:00Z",
        gitops: true,
      },
      { manager: "mooring", operation: "Apply", time: "2026-03-01T10:00:00Z", gitops: false },
    ]);
    expect(mainOwner(owners)?.manager).toBe("kustomize-controller");
    expect(otherOwners(owners)).toHaveLength(1);
  });

  it.each([[undefined], [[]], [[{ manager: "x" }]]])("is empty for %j", (managedFields) => {
    expect(claimFieldOwners(managedFields)).toEqual([]);
    expect(mainOwner([])).toBeNull();
  });

  it("knows who wrote last, status and Mooring aside", () => {
    const writer = lastWriter([
      entry("kubectl", "2026-03-01T10:00:00Z", {}),
      entry("mooring", "2026-03-01T11:00:00Z"),
      { ...entry("llmkube", "2026-03-01T12:00:00Z"), subresource: "status" },
    ]);

    expect(writer?.manager).toBe("kubectl");
    expect(lastWriter(undefined)).toBeNull();
  });
});

describe("changedFieldOwners", () => {
  const managedFields = [
    entry("mooring", "2026-03-01T10:00:00Z"),
    entry("kubectl", "2026-03-01T12:00:00Z", { "f:persistence": {} }),
    entry("helm", "2026-03-01T12:00:00Z", { "f:claimNames": {} }),
  ];
  const managers = (persistence: string | null) =>
    changedFieldOwners(managedFields, { persistence }).map(({ manager }) => manager);

  it("counts whoever set persistence only where the change sets it too", () => {
    expect(managers("Cached")).toEqual(["kubectl", "mooring"]);
    expect(managers(null)).toEqual(["mooring"]);
  });
});

describe("gitopsTool", () => {
  it.each([
    ["kustomize-controller", "Flux"],
    ["helm-controller", "Flux"],
    ["flux-client-side-apply", "Flux"],
    ["argocd-controller", "Argo CD"],
    ["argocd-application-controller", "Argo CD"],
    ["fleetagent", "Rancher Fleet"],
    ["helm", null],
    ["kubectl", null],
    ["kubectl-client-side-apply", null],
    ["mooring", null],
    ["", null],
  ])("knows %s as %s", (manager, tool) => {
    expect(gitopsTool(manager)).toBe(tool);
    expect(isGitopsManager(manager)).toBe(tool !== null);
  });
});

describe("writerTool", () => {
  it.each([
    ["kustomize-controller", "Flux"],
    ["helm-controller", "Flux"],
    ["argocd-controller", "Argo CD"],
    ["helm", "Helm"],
    ["kubectl", "kubectl"],
    ["kubectl-client-side-apply", "kubectl"],
    ["kubectl-edit", "kubectl"],
    ["kubectl-patch", "kubectl"],
    ["kubectlish", null],
    ["helmsman", null],
    ["mooring", null],
  ])("tells %s to be of %s", (manager, tool) => {
    expect(writerTool(manager)).toBe(tool);
  });

  it("says tool and manager, or the manager alone", () => {
    expect(describeWriter("kubectl-edit", '"kubectl-edit"')).toBe('kubectl ("kubectl-edit")');
    expect(describeWriter("terraform", '"terraform"')).toBe('"terraform"');
  });
});
