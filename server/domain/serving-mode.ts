import type { InferenceService } from "./objects";

type Spec = InferenceService["spec"];
export type ServingMode = NonNullable<Spec["mode"]>;

/** What the service is for: what it says, else what its arguments or the path of its endpoint give away, else chat. */
export function servingMode(spec: Spec): ServingMode {
  if (spec.mode !== undefined) return spec.mode;
  const args = [...(spec.extraArgs ?? []), ...(spec.args ?? [])];
  const path = spec.endpoint?.path ?? "";
  // A reranker has the flag of an embedder, too.
  const signs: readonly (readonly [boolean, ServingMode])[] = [
    [hasFlag(args, "--reranking"), "rerank"],
    [hasFlag(args, "--embedding") || hasFlag(args, "--embeddings"), "embedding"],
    [path.includes("/rerank"), "rerank"],
    [path.includes("/embeddings"), "embedding"],
  ];
  return signs.find(([holds]) => holds)?.[1] ?? "chat";
}

function hasFlag(args: readonly string[], flag: string): boolean {
  return args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
}
