import { stringify } from "yaml";

const NAME = "mooring-sandbox";

export interface Access {
  url: string;
  token: string;
  certificate: string;
}

/** A kubeconfig for the sandbox, as any cluster's: address, authority, bearer token. */
export function buildKubeconfig({ url, token, certificate }: Access): string {
  const authority = Buffer.from(certificate).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": NAME,
    clusters: [{ name: NAME, cluster: { server: url, "certificate-authority-data": authority } }],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: "default" } }],
  });
}
