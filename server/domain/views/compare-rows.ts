import type { Severity } from "@/server/contract/finding";
import { compareSeverity } from "../findings/find";

type Row = { readonly namespace: string; readonly name: string; readonly severity: Severity };

/** Worst first, then by namespace and name; never 0 for two different objects. */
export function compareRows(a: Row, b: Row): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
