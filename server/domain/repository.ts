import type { Repository } from "@/server/contract/preflight";
import type { FieldOwner } from "@/server/contract/service-view";
import { gitopsTool } from "./gitops";
import type { InferenceService } from "./objects";

type Source = NonNullable<Repository["object"]>;

/** What a Kubernetes object may be called; anything else in an annotation is not put into a command. */
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/u;

const CONSEQUENCES: Readonly<Record<string, string>> = {
  Flux: "Flux applies the repository again at its next reconciliation and sets the field back.",
  "Argo CD":
    "Argo CD shows the service as OutOfSync; with self-heal, or at the next sync, it sets the field back.",
};

/**
 * Through which object a repository reaches the service, and how to make its tool look at once; null when the owner is
 * no GitOps tool. Goes by the labels that the tools put on what they apply, for Argo CD also by its tracking annotation.
 */
export function findRepository(service: InferenceService, owner: FieldOwner): Repository | null {
  const tool = gitopsTool(owner.manager);
  if (tool === null) return null;
  const object = findSource(service, tool);
  return {
    tool,
    consequence:
      CONSEQUENCES[tool] ??
      "It applies the repository again at its next sync and sets the field back.",
    object,
    hint: describeSource(tool, object),
    command: object && commandOf(object),
  };
}

function findSource(service: InferenceService, tool: string): Source | null {
  if (tool === "Flux") {
    return (
      fluxSource(service, { kind: "HelmRelease", prefix: "helm.toolkit.fluxcd.io" }) ??
      fluxSource(service, { kind: "Kustomization", prefix: "kustomize.toolkit.fluxcd.io" })
    );
  }
  return tool === "Argo CD" ? argoSource(service) : null;
}

function fluxSource(
  { metadata: { labels = {} } }: InferenceService,
  { kind, prefix }: { readonly kind: string; readonly prefix: string },
): Source | null {
  const name = labels[`${prefix}/name`];
  if (!isName(name)) return null;
  const namespace = labels[`${prefix}/namespace`];
  return { kind, namespace: isName(namespace) ? namespace : null, name };
}

/** The annotation is `app:group/kind:namespace/name`, its app `namespace_app` where it is not in Argo CD's own namespace. */
function argoSource({ metadata }: InferenceService): Source | null {
  const tracked = metadata.annotations?.["argocd.argoproj.io/tracking-id"]?.split(":")[0];
  const [first, second] = tracked?.split("_") ?? [];
  if (isName(first) && isName(second))
    return { kind: "Application", namespace: first, name: second };
  const name = [
    tracked,
    metadata.labels?.["argocd.argoproj.io/instance"],
    metadata.labels?.["app.kubernetes.io/instance"],
  ].find(isName);
  return name === undefined ? null : { kind: "Application", namespace: null, name };
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text.length <= 253 && NAME.test(text);
}

function describeSource(tool: string, object: Source | null): string {
  if (object === null) {
    return `The service does not say which object of ${tool} applies it: look for its manifest in your repository.`;
  }
  const where = object.namespace === null ? object.name : `${object.namespace}/${object.name}`;
  return object.kind === "HelmRelease"
    ? `It comes from HelmRelease ${where}: set the claim in its values, or add the patch to its postRenderers.`
    : `It comes from ${object.kind} ${where}: put the change where that one reads from.`;
}

function commandOf({ kind, namespace, name }: Source): string | null {
  if (kind === "Application") {
    return `argocd app sync ${namespace === null ? name : `${namespace}/${name}`}`;
  }
  const from = namespace === null ? "" : ` -n ${namespace}`;
  return `flux reconcile ${kind.toLowerCase()} ${name}${from} --with-source`;
}
