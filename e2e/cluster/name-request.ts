const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Verb and resource of a request, as RBAC names them: `update inferenceservices/status`. */
export function nameRequest(method: string, path: string): string {
  const [resource = path, , subresource] = segmentsOf(path);
  const verb = verbOf(method, path);
  return subresource === undefined ? `${verb} ${resource}` : `${verb} ${resource}/${subresource}`;
}

function verbOf(method: string, path: string): string {
  if (method !== "GET") return VERBS[method] ?? method;
  if (path.includes("watch=true")) return "watch";
  return isCollection(path) ? "list" : "get";
}

function isCollection(path: string): boolean {
  return segmentsOf(path).length === 1;
}

/** What follows the group, its version and the namespace. */
function segmentsOf(path: string): readonly string[] {
  const [root, ...rest] = (path.split("?")[0] ?? "").split("/").filter((part) => part !== "");
  const inside = rest.slice(root === "api" ? 1 : 2);
  return inside[0] === "namespaces" && inside.length > 2 ? inside.slice(2) : inside;
}
