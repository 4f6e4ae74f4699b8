"use client";

import { IconListCheck } from "@tabler/icons-react";

import { Age } from "@/components/primitives/age";
import { SeverityIcon } from "@/components/primitives/severity-mark";
import { EmptyState } from "@/components/primitives/states";
import type { ConditionView } from "@/server/contract/service-view";

/** The conditions the operator reports, coloured by what their status means. */
export function ConditionsTab({ conditions }: Readonly<{ conditions: readonly ConditionView[] }>) {
  if (conditions.length === 0) {
    return (
      <EmptyState icon={IconListCheck} title="No conditions yet">
        The operator has not written a status for this service.
      </EmptyState>
    );
  }
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th>Condition</th>
          <th>Status</th>
          <th>Reason</th>
          <th>Message</th>
          <th>Changed</th>
        </tr>
      </thead>
      <tbody>
        {conditions.map((condition) => (
          <tr key={condition.type}>
            <td className="strong">{condition.type}</td>
            <td>
              <span className={`with-icon ${condition.tone === "bad" ? "tone-error" : ""}`}>
                {condition.tone === "bad" ? <SeverityIcon severity="error" size={14} /> : null}
                {condition.status}
              </span>
            </td>
            <td className="mono">{condition.reason}</td>
            <td className="dim wrap">{condition.message}</td>
            <td className="faint">
              {condition.lastTransitionTime === null ? (
                "not recorded"
              ) : (
                <Age at={condition.lastTransitionTime} suffix=" ago" />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
