import { describe, expect, it } from "vitest";

import { serviceDetailSchema, serviceViewSchema } from "@/server/contract/service-view";
import { aModel, anAttachment, anInferenceService, aPod } from "@/server/testing/builders";
import { aClaimFacts, aServiceFacts, invisible } from "@/server/testing/facts";
import { buildServiceDetail } from "./service-detail";
import { buildServiceView } from "./service-view";

describe("buildServiceView", () => {
  it("is silent about a healthy service", () => {
    const view = buildServiceView(aServiceFacts());

    expect(serviceViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      namespace: "ml",
      name: "llama",
      severity: "ok",
      findings: [],
      cache: {
        kind: "UserOwned",
        declaredClaim: "models-nvme-a",
        effectiveClaim: "models-nvme-a",
        rolledOutClaim: "models-nvme-a",
        mountedClaims: ["models-nvme-a"],
      },
      replicas: { desired: 1, ready: 1 },
      nodeNames: ["gpu-1"],
      storageClass: "local-nvme",
    });
  });

  it("leaves credentials and query of the source out", () => {
    const source = "https://user:secret@models.example.com/a.gguf?token=secret#secret";
    const view = buildServiceView(aServiceFacts({ model: aModel({ spec: { source } }) }));

    expect(view.model?.source).toBe("https://models.example.com/a.gguf");
  });

  it.each([
    ["0", null],
    ["4.6 GiB", Math.round(4.6 * 1024 ** 3)],
    [undefined, null],
  ])("shows a size of %s as %s, never as a fake zero", (size, sizeBytes) => {
    const view = buildServiceView(aServiceFacts({ model: aModel({ status: { size } }) }));

    expect(view.model?.sizeBytes).toBe(sizeBytes);
  });

  it.each([["persistentvolumeclaims"], ["pods"], ["models"]] as const)(
    "does not call a service healthy while %s may not be seen",
    (plural) => {
      const view = buildServiceView(aServiceFacts({ surroundings: invisible(plural) }));

      expect(view.severity).toBe("unknown");
      expect(view.findings).toEqual([]);
    },
  );

  it("counts pods, not the status", () => {
    const service = anInferenceService({ status: { readyReplicas: 5 } });

    expect(buildServiceView(aServiceFacts({ service, pods: [] })).replicas.ready).toBe(0);
  });

  it("shows the attachment it is given", () => {
    const attachment = anAttachment({ state: "Applied" });

    expect(buildServiceView(aServiceFacts({ attachment })).attachment).toEqual({
      id: attachment.id,
      state: "Applied",
    });
  });

  it("gives an equal row for facts that differ only in status.lastUpdated", () => {
    const at = (lastUpdated: string) =>
      buildServiceView(aServiceFacts({ service: anInferenceService({ status: { lastUpdated } }) }));

    expect(at("2026-03-01T12:00:00Z")).toEqual(at("2026-03-01T12:00:01Z"));
  });
});

describe("buildServiceDetail", () => {
  it("has seven links and the row's own fields", () => {
    const facts = aServiceFacts();
    const detail = buildServiceDetail(facts, { attachments: [] });

    expect(serviceDetailSchema.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject(buildServiceView(facts));
    expect(detail.chain.map(({ kind, health }) => [kind, health])).toEqual([
      ["Model", "ok"],
      ["InferenceService", "ok"],
      ["Deployment", "ok"],
      ["Pod", "ok"],
      ["PersistentVolumeClaim", "ok"],
      ["PersistentVolume", "ok"],
      ["Node", "ok"],
    ]);
    expect(detail.chain.every(({ edge }) => edge.health === "ok")).toBe(true);
  });

  it("puts the sentence of a missing claim on the edge that leads to the claim", () => {
    const facts = aServiceFacts({ claims: new Map([["models-nvme-a", null]]), pods: [] });
    const { chain } = buildServiceDetail(facts, { attachments: [] });

    expect(chain[4]).toMatchObject({
      title: "models-nvme-a",
      subtitle: "does not exist",
      health: "error",
      edge: {
        health: "error",
        sentence: 'Claim "models-nvme-a" does not exist in namespace ml',
      },
    });
  });

  it("lists every container whose log can be read, init containers first", () => {
    const { pods } = buildServiceDetail(aServiceFacts({ pods: [aPod()] }), { attachments: [] });

    expect(pods[0]?.containers.map(({ name, init, state }) => [name, init, state])).toEqual([
      ["model-cache-prep", true, "Terminated"],
      ["model-downloader", true, "Terminated"],
      ["llama-server", false, "Running"],
    ]);
  });

  it("shows YAML without managedFields and without secrets of URLs", () => {
    const source = "https://user:secret@models.example.com/a.gguf?token=secret";
    const { yaml } = buildServiceDetail(
      aServiceFacts({
        model: aModel({ spec: { source } }),
        service: anInferenceService({
          metadata: { managedFields: [{ manager: "kubectl", operation: "Apply" }] },
        }),
      }),
      { attachments: [] },
    );

    expect(yaml.service).toMatch(
      /^apiVersion: inference.llmkube.dev\/v1alpha1\nkind: InferenceService/,
    );
    expect(yaml.service).not.toContain("managedFields");
    expect(yaml.model).not.toContain("secret");
  });

  it("uses the claim's facts it is given", () => {
    const claims = new Map([["models-nvme-a", aClaimFacts()]]);

    expect(buildServiceDetail(aServiceFacts({ claims }), { attachments: [] }).findings).toEqual([]);
  });
});
