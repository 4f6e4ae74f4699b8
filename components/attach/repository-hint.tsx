import { CodeBlock } from "@/components/primitives/code-block";
import type { Repository } from "@/server/contract/preflight";

/** Where the change belongs when a repository owns the field, and how to have it applied at once. */
export function RepositoryHint({ repository }: Readonly<{ repository: Repository }>) {
  return (
    <section className="repository" aria-label="Your repository">
      <h3 className="group-label">Your repository ({repository.tool})</h3>
      <p>{repository.hint}</p>
      {repository.command === null ? null : (
        <>
          <p className="dim">Once it is pushed, {repository.tool} can be told not to wait:</p>
          <CodeBlock
            code={repository.command}
            label="The command that applies it now"
            copyLabel="Copy the command"
          />
        </>
      )}
    </section>
  );
}
