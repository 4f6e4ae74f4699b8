import { forbiddenValue } from "./metadata-validation";
import { invalid, type FieldProblem } from "./status-error";

const MATCH = "resourceVersionMatch";

function refuse(problems: FieldProblem[]): void {
  if (problems.length === 0) return;
  throw invalid({ group: "meta.k8s.io", plural: "", kind: "ListOptions" }, "", problems);
}

function matchProblems(match: string, query: URLSearchParams): FieldProblem[] {
  const version = query.get("resourceVersion") ?? "";
  const problems: FieldProblem[] = [];
  const forbid = (why: string) => problems.push(forbiddenValue(MATCH, why));
  if (version === "")
    forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (query.get("continue")) forbid("resourceVersionMatch is forbidden when continue is provided");
  if (match !== "Exact" && match !== "NotOlderThan") {
    const message = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`;
    problems.push({ reason: "FieldValueNotSupported", field: MATCH, message });
  }
  if (match === "Exact" && version === "0") {
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  return problems;
}

/** @throws StatusError Invalid for options of a list that do not go together */
export function assertListOptions(query: URLSearchParams): void {
  const match = query.get(MATCH);
  const problems = match ? matchProblems(match, query) : [];
  if (query.get("sendInitialEvents") !== null) {
    const why = "sendInitialEvents is forbidden for list";
    problems.push(forbiddenValue("sendInitialEvents", why));
  }
  refuse(problems);
}

/** @throws StatusError Invalid for options of a watch that do not go together */
export function assertWatchOptions(query: URLSearchParams): void {
  const wantsInitial = query.get("sendInitialEvents");
  const match = query.get(MATCH);
  if (wantsInitial !== null && match !== "NotOlderThan") {
    const why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    refuse([forbiddenValue(MATCH, why)]);
  }
  if (wantsInitial === null && match !== null) {
    const why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    refuse([forbiddenValue(MATCH, why)]);
  }
}
