const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/^(kustomize|helm)-controller$|^flux/u, "Flux"],
  [/^argocd|^argo-cd|^openshift-gitops/u, "Argo CD"],
  [/^fleet|^rancher-fleet/u, "Rancher Fleet"],
  [/^kapp-controller$/u, "kapp-controller"],
  [/^config-?sync|^configsync\.gke\.io/u, "Config Sync"],
  [/^(werf|sveltos|gitops)(-|$)|^addon-controller$/u, "a GitOps tool"],
];

/** The GitOps tool that writes under this field manager; null when none is known to. */
export function gitopsTool(manager: string): string | null {
  const name = manager.toLowerCase();
  return TOOLS.find(([form]) => form.test(name))?.[1] ?? null;
}

/** Whether the field manager writes what a repository says, and so sets back what others change. */
export function isGitopsManager(manager: string): boolean {
  return gitopsTool(manager) !== null;
}

/** The tool behind a field manager, GitOps or not; null for a name that no known tool writes under. */
export function writerTool(manager: string): string | null {
  const name = manager.toLowerCase();
  if (name === "helm") return "Helm";
  if (/^kubectl(-|$)/u.test(name)) return "kubectl";
  return gitopsTool(manager);
}

/** `Flux ("kustomize-controller")`; the manager alone where no tool is known by it. `shown` is the name made harmless, in quotes. */
export function describeWriter(manager: string, shown: string): string {
  const tool = writerTool(manager);
  return tool === null ? shown : `${tool} (${shown})`;
}
