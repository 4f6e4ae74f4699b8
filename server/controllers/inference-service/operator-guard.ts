/** An LLMKube operator that was found in the cluster. */
export type FoundOperator = { readonly namespace: string; readonly name: string };

/** Why the built-in operator must not start; null when it may. Two operators would fight over every Deployment and status. */
export function refuseBesideOperator(found: FoundOperator | null): string | null {
  if (found === null) return null;
  return `The LLMKube operator runs here already (Deployment "${found.name}" in namespace "${found.namespace}"), so the built-in operator does not start. Set MOORING_OPERATOR=none to work beside it, or remove that Deployment first.`;
}
