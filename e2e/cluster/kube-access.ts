import { readFileSync } from "node:fs";
import { Agent } from "undici";
import { parse } from "yaml";
import { z } from "zod";

/** Where an API server is, and who we are to it. */
export type KubeAccess = {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string | undefined;
  readonly agent: Agent;
};

const named = <T extends z.ZodRawShape>(shape: T) =>
  z.array(z.object({ name: z.string(), ...shape }));

const kubeconfigSchema = z.object({
  "current-context": z.string(),
  contexts: named({ context: z.object({ cluster: z.string(), user: z.string() }) }),
  clusters: named({
    cluster: z.object({
      server: z.string(),
      "certificate-authority-data": z.string().optional(),
      "insecure-skip-tls-verify": z.boolean().optional(),
    }),
  }),
  users: named({
    user: z.object({
      token: z.string().optional(),
      "client-certificate-data": z.string().optional(),
      "client-key-data": z.string().optional(),
    }),
  }),
});

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

function pick<T extends { name: string }>(list: readonly T[], name: string | undefined): T {
  const found = list.find((entry) => entry.name === name);
  if (!found) throw new Error(`the kubeconfig has no entry ${name ?? ""}`);
  return found;
}

/** What the current context of a kubeconfig says. A watch through the agent may stay silent for as long as it likes. */
export function readKubeAccess(path: string): KubeAccess {
  const config = kubeconfigSchema.parse(parse(readFileSync(path, "utf8")));
  const { context } = pick(config.contexts, config["current-context"]);
  const { cluster } = pick(config.clusters, context.cluster);
  const { user } = pick(config.users, context.user);
  const ca = decode(cluster["certificate-authority-data"]);
  const cert = decode(user["client-certificate-data"]);
  const key = decode(user["client-key-data"]);
  const agent = new Agent({
    connect: {
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
    },
    bodyTimeout: 0,
  });
  return { server: cluster.server.replace(/\/$/, ""), token: user.token, agent };
}
