import { Age } from "@/components/primitives/age";
import { Unknown } from "@/components/primitives/unknown";
import type { Repository } from "@/server/contract/preflight";
import type { FieldOwner } from "@/server/contract/service-view";

type OwnerFactsProps = Readonly<{ owner: FieldOwner; repository: Repository | null }>;

const OPERATIONS = {
  Apply: "Apply (declares the field, and fights for it)",
  Update: "Update (wrote it once)",
} as const satisfies Record<FieldOwner["operation"], string>;

/** Who the field would be taken from: manager, how and when it wrote, and what its tool will do then. */
export function OwnerFacts({ owner, repository }: OwnerFactsProps) {
  return (
    <dl className="owner-facts">
      <dt>Field manager</dt>
      <dd className="mono">{owner.manager}</dd>
      <dt>Operation</dt>
      <dd>{OPERATIONS[owner.operation]}</dd>
      <dt>Last wrote</dt>
      <dd>
        {owner.time === null ? (
          <Unknown why="The API server does not say when." />
        ) : (
          <Age at={owner.time} suffix=" ago" />
        )}
      </dd>
      <dt>Tool</dt>
      <dd>
        {repository === null
          ? "None that is known to set the field back."
          : `${repository.tool}. ${repository.consequence}`}
      </dd>
    </dl>
  );
}
