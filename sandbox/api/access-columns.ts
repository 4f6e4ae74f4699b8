import { AGE_COLUMN, column } from "./column";
import { NAME_COLUMN } from "./custom-columns";
import { asArray, asRecord, asText } from "./json";
import type { KubeObject } from "./objects";
import type { Column } from "./resources";

function roleText(object: KubeObject): string {
  const role = asRecord(object["roleRef"]);
  return `${asText(role["kind"])}/${asText(role["name"])}`;
}

function subjects(kind: string): Column["cell"] {
  return (object) =>
    asArray(object["subjects"])
      .map(asRecord)
      .filter((subject) => subject["kind"] === kind)
      .map(({ namespace, name }) =>
        namespace === undefined ? asText(name) : `${asText(namespace)}/${asText(name)}`,
      )
      .join(", ");
}

/** When it was made, as an instant: kinds that Kubernetes shows without an age. */
export const CREATED_COLUMN: Column = {
  ...column("Created At", ({ metadata }) => metadata.creationTimestamp),
  type: "date",
};

const ROLE = [NAME_COLUMN, CREATED_COLUMN];
const BINDING = [
  NAME_COLUMN,
  column("Role", roleText),
  AGE_COLUMN,
  column("Users", subjects("User"), true),
  column("Groups", subjects("Group"), true),
  column("ServiceAccounts", subjects("ServiceAccount"), true),
];

/** What is shown of roles and their bindings. */
export const ACCESS_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  "roles.rbac.authorization.k8s.io": ROLE,
  "clusterroles.rbac.authorization.k8s.io": ROLE,
  "rolebindings.rbac.authorization.k8s.io": BINDING,
  "clusterrolebindings.rbac.authorization.k8s.io": BINDING,
};
