"use client";

import Link from "next/link";

import { shortAccessMode } from "@/components/attach/group-candidates";
import { Age } from "@/components/primitives/age";
import { OwnershipBadge } from "@/components/primitives/kind-badge";
import { pageOf } from "@/components/primitives/object-link";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { columnsOf } from "@/components/table/table-features";
import type { ClaimView } from "@/server/contract/claim-view";
import { severities } from "@/server/contract/finding";
import { ClaimUsage } from "./claim-usage";

const column = columnsOf<ClaimView>();

/** Where a claim's page is. */
export function claimHref(claim: ClaimView): string {
  return pageOf("PersistentVolumeClaim", claim.namespace, claim.name) ?? "/claims";
}

/** The columns of the claims table. */
export const claimColumns = column.columns([
  column.accessor((row) => `${row.name} ${row.namespace}`, {
    id: "claim",
    header: "Claim",
    sortFn: "byValue",
    cell: ({ row }) => (
      <span className="claim-name">
        <Link href={claimHref(row.original)} className="row-link">
          {row.original.name}
        </Link>
        <span className="faint">{row.original.namespace}</span>
        <OwnershipBadge ownership={row.original.ownership} />
      </span>
    ),
  }),
  column.accessor((row) => row.phase, {
    id: "phase",
    header: "Phase",
    sortFn: "byValue",
    cell: ({ row }) => <Phase claim={row.original} />,
  }),
  column.accessor((row) => row.usage?.usedBytes ?? null, {
    id: "used",
    header: "Used",
    sortFn: "byValue",
    cell: ({ row }) => <ClaimUsage claim={row.original} />,
  }),
  column.accessor((row) => row.storageClass?.name ?? null, {
    id: "class",
    header: "Class",
    sortFn: "byValue",
    cell: ({ row: { original: claim } }) => (
      <span className="dim">
        {claim.storageClass?.name ?? "none"}{" "}
        <span className="faint" title={claim.accessModes.join(", ")}>
          {claim.accessModes.map(shortAccessMode).join(" ")}
          {claim.volumeMode === "Block" ? " Block" : ""}
        </span>
      </span>
    ),
  }),
  column.accessor((row) => row.nodeNames?.join(" ") ?? null, {
    id: "node",
    header: "Node",
    sortFn: "byValue",
    cell: ({ row }) => <Nodes claim={row.original} />,
  }),
  column.accessor((row) => -row.usedBy.services.length, {
    id: "services",
    header: "Services",
    sortFn: "byValue",
    cell: ({ row }) => <Users claim={row.original} />,
  }),
  column.accessor((row) => severities.indexOf(row.severity), {
    id: "finding",
    header: "Finding",
    sortFn: "byValue",
    sortDescFirst: false,
    cell: ({ row }) => <ClaimFinding claim={row.original} />,
  }),
  column.accessor((row) => -Date.parse(row.createdAt), {
    id: "age",
    header: "Age",
    sortFn: "byValue",
    cell: ({ row }) => (
      <span className="faint">
        <Age at={row.original.createdAt} />
      </span>
    ),
  }),
]);

const PHASE_TONES: Readonly<Record<string, string>> = { Lost: "tone-error" };

function Phase({ claim }: Readonly<{ claim: ClaimView }>) {
  if (claim.terminating) return <span className="tone-warning">Terminating</span>;
  return <span className={PHASE_TONES[claim.phase] ?? "dim"}>{claim.phase}</span>;
}

function Nodes({ claim }: Readonly<{ claim: ClaimView }>) {
  if (claim.nodeNames === null) {
    return (
      <span className="faint" title="The volume is not limited to a node, or not bound yet.">
        {claim.volumeName === null ? "not bound" : "any"}
      </span>
    );
  }
  const [first, ...rest] = claim.nodeNames;
  return (
    <span className="dim" title={claim.nodeNames.join(", ")}>
      {first ?? "none"}
      {rest.length > 0 ? <span className="faint"> +{rest.length}</span> : null}
    </span>
  );
}

function Users({ claim }: Readonly<{ claim: ClaimView }>) {
  const names = [...new Set(claim.usedBy.services.map((user) => user.name))];
  const [first, ...rest] = names;
  if (first === undefined) {
    const others = claim.usedBy.otherPods.length;
    return <span className="faint">{others > 0 ? `${others} other pods` : "no service"}</span>;
  }
  return (
    <span className="dim" title={names.join(", ")}>
      {first}
      {rest.length > 0 ? <span className="faint"> +{rest.length}</span> : null}
    </span>
  );
}

function ClaimFinding({ claim }: Readonly<{ claim: ClaimView }>) {
  const [worst, ...rest] = claim.findings;
  if (worst === undefined) return null;
  return (
    <span className={`finding-line tone-${worst.severity}`}>
      <SeverityIcon severity={worst.severity} size={14} />
      <span
        className="finding-text"
        title={claim.findings.map(({ message }) => message).join("\n")}
      >
        {worst.message}
        {rest.length > 0 ? ` +${rest.length}` : ""}
      </span>
    </span>
  );
}
