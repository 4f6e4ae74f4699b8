import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";

import { KubeApi } from "@/e2e/cluster/kube-api";
import type { InferenceService } from "@/server/domain/objects";
import { dryRunCheck } from "@/server/domain/preflight/server-checks";
import { AppError } from "@/server/errors";
import { createClaimFieldWriter } from "@/server/kube/claim-field-writer";
import { createKubeHttp } from "@/server/kube/http-client";
import { loadClusterAccess } from "@/server/kube/kube-config";
import { createRestrictedAccess } from "@/server/testing/restricted-access";
import {
  connectTestCluster,
  serviceManifest,
  type TestCluster,
} from "@/server/testing/test-cluster";
import { dryRunChange } from "./dry-run-change";

const POLICIES = "/apis/admissionregistration.k8s.io/v1";
const TO = { claimName: "models-nvme-a", persistence: null };

let cluster: TestCluster;
let api: KubeApi;
let service: InferenceService;
let nth = 0;

beforeAll(async () => {
  cluster = await connectTestCluster(inject("kubeconfig"));
  api = new KubeApi(inject("kubeconfig"));
});
afterAll(async () => {
  await cluster.stop();
  await api.close();
});
beforeEach(async () => {
  nth += 1;
  const manifest = serviceManifest(cluster.namespace, `dry-${nth}`);
  service = await cluster.store.create("inferenceservices", manifest);
});

const read = () =>
  cluster.writer.read({ namespace: cluster.namespace, name: service.metadata.name });

describe("a change as a dry run", () => {
  it("shows what would be stored, and stores nothing", async () => {
    const { answer, stored } = await dryRunChange(cluster.writer, service, TO);

    expect(answer.type).toBe("accepted");
    expect(stored?.spec.modelCache?.claimName).toBe("models-nvme-a");
    expect((await read())?.metadata.resourceVersion).toBe(service.metadata.resourceVersion);
  });

  it("names the owner of the field, and shows what taking it would store", async () => {
    const own = serviceManifest(cluster.namespace, service.metadata.name, {
      modelCache: { claimName: "flux-claim" },
    });
    const flux = { fieldManager: "kustomize-controller", force: true };
    await cluster.store.apply("inferenceservices", own, flux);

    const { answer, stored } = await dryRunChange(cluster.writer, service, TO);
    expect(answer).toEqual({ type: "conflict", managers: ["kustomize-controller"] });
    expect(stored?.spec.modelCache?.claimName).toBe("models-nvme-a");
    expect((await read())?.spec.modelCache?.claimName).toBe("flux-claim");
  });

  it("passes on why the schema refuses it", async () => {
    const change = { ...TO, persistence: "Ephemeral" as const };
    const check = dryRunCheck((await dryRunChange(cluster.writer, service, change)).answer);

    expect(check.verdict).toBe("block");
    expect(check.message).toMatch(/claimName/u);
  });

  it("cannot tell while the API server is away", async () => {
    const error = new AppError("ServiceUnavailable", "connect ECONNREFUSED");
    cluster.http.failNext({ matches: ({ method }) => method === "PATCH", error });

    expect(dryRunCheck((await dryRunChange(cluster.writer, service, TO)).answer)).toMatchObject({
      verdict: "unknown",
      message: "Could not ask the API server: connect ECONNREFUSED",
    });
  });

  it("is made with the writer's own rights", async () => {
    const access = await createRestrictedAccess(api, cluster.namespace, {
      kubeconfig: inject("kubeconfig"),
    });
    const { config } = loadClusterAccess({
      inCluster: false,
      kubeconfig: access.kubeconfig,
      context: null,
    });
    const http = createKubeHttp({ config, userAgent: "mooring/test" });
    try {
      const { answer, stored } = await dryRunChange(createClaimFieldWriter(http), service, TO);
      const check = dryRunCheck(answer);
      expect(check.verdict).toBe("block");
      expect(check.message).toMatch(/cannot patch/u);
      expect(stored).toBeNull();
    } finally {
      await http.close();
      await access.remove();
    }
  });

  it.skipIf(!inject("realControlPlane"))(
    "passes on an admission's refusal, without the secrets in it",
    async () => {
      const name = `no-nvme-${cluster.namespace}`;
      const policy = `${POLICIES}/validatingadmissionpolicies`;
      const binding = `${POLICIES}/validatingadmissionpolicybindings`;
      await api.create(policy, admissionPolicy(name));
      await api.create(binding, {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name },
        spec: { policyName: name, validationActions: ["Deny"] },
      });
      try {
        const check = await vi.waitFor(
          async () => {
            const { answer } = await dryRunChange(cluster.writer, service, TO);
            if (answer.type === "accepted") throw new Error("the policy is not in force yet");
            return dryRunCheck(answer);
          },
          { timeout: 20_000, interval: 100 },
        );
        expect(check.verdict).toBe("block");
        expect(check.message).toMatch(/no caches on nvme here/u);
        expect(check.message).toContain("https://rules.example.com/nvme");
        expect(check.message).not.toMatch(/pa55word|hf_abcdefghij/u);
      } finally {
        await api.delete(`${binding}/${name}`);
        await api.delete(`${policy}/${name}`);
      }
    },
  );
});

function admissionPolicy(name: string) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": cluster.namespace } },
        resourceRules: [
          {
            apiGroups: ["inference.llmkube.dev"],
            apiVersions: ["v1alpha1"],
            operations: ["UPDATE"],
            resources: ["inferenceservices"],
          },
        ],
      },
      validations: [
        {
          expression:
            '!has(object.spec.modelCache) || !object.spec.modelCache.claimName.contains("nvme")',
          message:
            "no caches on nvme here, see https://ci:pa55word@rules.example.com/nvme (asked with hf_abcdefghij)",
        },
      ],
    },
  };
}
