"use client";

import type { Evidence } from "@/server/contract/finding";
import { Age } from "./age";
import { ObjectLink } from "./object-link";

/** The facts a sentence rests on: which object, which field, what it says, when that was seen. */
export function EvidenceTable({ evidence }: Readonly<{ evidence: readonly Evidence[] }>) {
  return (
    <table className="evidence">
      <colgroup>
        <col className="evidence-object" />
        <col className="evidence-field" />
        <col />
        <col className="evidence-seen" />
      </colgroup>
      <thead className="visually-hidden">
        <tr>
          <th>Object</th>
          <th>Field</th>
          <th>Value</th>
          <th>Seen</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((fact) => (
          <tr key={`${fact.kind}/${fact.namespace ?? ""}/${fact.name}/${fact.field}`}>
            <td>
              {fact.kind}{" "}
              <ObjectLink kind={fact.kind} namespace={fact.namespace} name={fact.name} />
            </td>
            <td className="mono">{fact.field}</td>
            <td className="mono evidence-value">{fact.value}</td>
            <td>
              {fact.observedAt === null ? (
                <span>now</span>
              ) : (
                <Age at={fact.observedAt} suffix=" ago" />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
