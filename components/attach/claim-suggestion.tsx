import { CodeBlock } from "@/components/primitives/code-block";
import type { ClaimSuggestion as Suggestion } from "@/server/contract/preflight";

/** A claim that would work, to read, copy and create: Mooring never does. */
export function ClaimSuggestion({ suggestion }: Readonly<{ suggestion: Suggestion }>) {
  return (
    <section className="suggestion" aria-label="A claim that would work">
      <p>{suggestion.sentence}</p>
      <CodeBlock code={suggestion.yaml} label="A claim that would work" copyLabel="Copy the YAML" />
    </section>
  );
}
