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
