import { valueAt } from "./json";
import type { ScalePaths } from "./resources";
import type { FieldProblem } from "./status-error";

const MAX_INT32 = 2_147_483_647;

function countProblem(object: unknown, path: string): FieldProblem[] {
  const value = valueAt(object, path.replace(/^\./, ""));
  const refuse = (shown: unknown, why: string): FieldProblem[] => [
    {
      reason: "FieldValueInvalid",
      field: path,
      message: `Invalid value: ${String(shown)}: ${why}`,
    },
  ];
  if (value === undefined) return [];
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return refuse(0, `${path} accessor error: ${JSON.stringify(value)} is not an int64`);
  }
  if (value < 0) return refuse(value, "should be a non-negative integer");
  return value > MAX_INT32 ? refuse(value, `should be less than or equal to ${MAX_INT32}`) : [];
}

/** A kind that can be scaled needs counts where its definition says they are. */
export function scaleProblems(object: unknown, scale: ScalePaths | undefined): FieldProblem[] {
  if (!scale) return [];
  return [
    ...countProblem(object, scale.specReplicasPath),
    ...countProblem(object, scale.statusReplicasPath),
  ];
}
