import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** Who may do what is RBAC's own bootstrap policy; only the names are given here. */
const USERS = {
  admin: { user: "mooring-admin", group: "system:masters" },
  "controller-manager": { user: "system:kube-controller-manager", group: "" },
  scheduler: { user: "system:kube-scheduler", group: "" },
} as const;
export type Identity = keyof typeof USERS;
export type Credentials = {
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
  kubeconfig(identity: Identity, server: string, ca: string): string;
};

/** Fresh tokens and a service account key for one control plane, in `dir`. */
export function createCredentials(dir: string): Credentials {
  const tokens = Object.fromEntries(
    Object.keys(USERS).map((name) => [name, randomUUID()]),
  ) as Record<Identity, string>;
  const tokenFile = join(dir, "tokens.csv");
  const rows = (Object.keys(USERS) as Identity[]).map((name) => {
    const { user, group } = USERS[name];
    return `${tokens[name]},${user},${user}${group ? `,"${group}"` : ""}`;
  });
  writeFileSync(tokenFile, `${rows.join("\n")}\n`, { mode: 0o600 });

  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const serviceAccountKeyFile = join(dir, "service-account.key");
  const serviceAccountPublicKeyFile = join(dir, "service-account.pub");
  writeFileSync(serviceAccountKeyFile, privateKey.export({ type: "pkcs1", format: "pem" }), {
    mode: 0o600,
  });
  writeFileSync(serviceAccountPublicKeyFile, publicKey.export({ type: "spki", format: "pem" }));
  return {
    tokenFile,
    serviceAccountKeyFile,
    serviceAccountPublicKeyFile,
    kubeconfig: (identity, server, ca) => {
      const path = join(dir, `${identity}.kubeconfig`);
      writeFileSync(path, renderKubeconfig({ server, ca, token: tokens[identity] }), {
        mode: 0o600,
      });
      return path;
    },
  };
}

function renderKubeconfig(access: {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "control-plane",
    clusters: [
      {
        name: "control-plane",
        cluster: {
          server: access.server,
          "certificate-authority-data": Buffer.from(access.ca).toString("base64"),
        },
      },
    ],
    users: [{ name: "user", user: { token: access.token } }],
    contexts: [{ name: "control-plane", context: { cluster: "control-plane", user: "user" } }],
  });
}
