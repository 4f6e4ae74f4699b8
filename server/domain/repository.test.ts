import { describe, expect, it } from "vitest";

import { anInferenceService } from "@/server/testing/builders";
import { findRepository } from "./repository";

type Meta = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

const found = (manager: string, metadata: Meta = {}) =>
  findRepository(anInferenceService({ metadata }), {
    manager,
    operation: "Apply",
    time: null,
    gitops: true,
  });
const FLUX = "kustomize.toolkit.fluxcd.io";
const HELM = "helm.toolkit.fluxcd.io";
const TRACKING = "argocd.argoproj.io/tracking-id";

describe("findRepository", () => {
  it.each<[string, string, Meta, string | null]>([
    [
      "a Kustomization of Flux",
      "kustomize-controller",
      { labels: { [`${FLUX}/name`]: "serving", [`${FLUX}/namespace`]: "flux-system" } },
      "flux reconcile kustomization serving -n flux-system --with-source",
    ],
    [
      "a HelmRelease before the Kustomization that applied it",
      "helm-controller",
      {
        labels: {
          [`${HELM}/name`]: "llama",
          [`${HELM}/namespace`]: "ml",
          [`${FLUX}/name`]: "serving",
        },
      },
      "flux reconcile helmrelease llama -n ml --with-source",
    ],
    [
      "an Application of Argo CD by its tracking annotation",
      "argocd-controller",
      {
        annotations: { [TRACKING]: "serving:inference.llmkube.dev/InferenceService:ml/llama" },
        labels: { "app.kubernetes.io/instance": "other" },
      },
      "argocd app sync serving",
    ],
    [
      "an Application in a namespace of its own",
      "argocd-controller",
      { annotations: { [TRACKING]: "team-a_serving:inference.llmkube.dev/X:ml/llama" } },
      "argocd app sync team-a/serving",
    ],
    [
      "an Application of Argo CD by its label",
      "argocd-controller",
      { labels: { "app.kubernetes.io/instance": "serving" } },
      "argocd app sync serving",
    ],
    ["nothing where no label tells", "kustomize-controller", {}, null],
    [
      "nothing from a label of another tool",
      "kustomize-controller",
      { labels: { "app.kubernetes.io/instance": "serving" } },
      null,
    ],
    [
      "nothing from an annotation that no Application can be called",
      "argocd-controller",
      { annotations: { [TRACKING]: "a; rm -rf /:x" } },
      null,
    ],
    ["nothing for a tool without a command of its own", "fleetagent", {}, null],
  ])("names %s", (_name, manager, metadata, command) => {
    expect(found(manager, metadata)).toMatchObject({ command });
  });

  it("is null for an owner that no repository stands behind", () => {
    expect(found("kubectl-edit")).toBeNull();
  });

  it("says what the tool does to a field that somebody else wrote", () => {
    expect(found("kustomize-controller")?.consequence).toMatch(/sets the field back/u);
    expect(found("argocd-controller")?.consequence).toMatch(/self-heal/u);
  });
});
