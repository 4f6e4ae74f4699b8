import { AppError } from "@/server/errors";
import type { KubeHttp } from "./http-client";
import { objectPath, resourceOf } from "./resources";

/** `gitVersion` of the API server; null when it does not tell. */
export async function readVersion(http: KubeHttp): Promise<string | null> {
  const answer = await orNull(() => http.json({ path: "/version" }));
  const version = (answer as { gitVersion?: unknown } | null)?.gitVersion;
  return typeof version === "string" ? version : null;
}

/** What tells one cluster, and one life of a sandbox, from another: uid of the namespace `kube-system`; null when it may not be read. */
export async function readClusterId(http: KubeHttp): Promise<string | null> {
  const path = objectPath(resourceOf("namespaces"), { namespace: "", name: "kube-system" });
  const answer = await orNull(() => http.json({ path }));
  const uid = (answer as { metadata?: { uid?: unknown } } | null)?.metadata?.uid;
  return typeof uid === "string" ? uid : null;
}

/** null where we may not ask; an API server that does not answer is thrown. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const refused =
      error instanceof AppError && ["Forbidden", "NotFound", "Unauthorized"].includes(error.reason);
    if (refused) return null;
    throw error;
  }
}
