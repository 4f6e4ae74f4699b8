import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { parse } from "yaml";
import { z } from "zod";

const kubeconfigSchema = z.object({
  "current-context": z.string(),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.string(),
        "certificate-authority-data": z.string().optional(),
        "insecure-skip-tls-verify": z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        token: z.string().optional(),
        "client-certificate-data": z.string().optional(),
        "client-key-data": z.string().optional(),
      }),
    }),
  ),
});

/** A Kubernetes object as a test sees it. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly [field: string]: unknown;
  };
  // Tests look into any field of any kind; a wrong path fails the assertion that reads it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
};

export type Answer = { readonly status: number; readonly body: KubeObject };

const MERGE_PATCH = "application/merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

/** A plain client for tests: paths in, status and body out, nothing hidden. */
export class KubeApi {
  readonly server: string;
  private readonly token: string | undefined;
  private readonly agent: Agent;

  constructor(kubeconfigPath: string) {
    const config = kubeconfigSchema.parse(parse(readFileSync(kubeconfigPath, "utf8")));
    const context = config.contexts.find((c) => c.name === config["current-context"])?.context;
    const cluster = config.clusters.find((c) => c.name === context?.cluster)?.cluster;
    const user = config.users.find((u) => u.name === context?.user)?.user;
    if (!cluster || !user) throw new Error(`${kubeconfigPath}: the current context is incomplete`);
    this.server = cluster.server.replace(/\/$/, "");
    this.token = user.token;
    const ca = decode(cluster["certificate-authority-data"]);
    const cert = decode(user["client-certificate-data"]);
    const key = decode(user["client-key-data"]);
    this.agent = new Agent({
      connect: {
        rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
      },
    });
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<Answer> {
    const response = await request(`${this.server}${path}`, {
      method: method as "GET",
      dispatcher: this.agent,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": contentType }),
        ...(this.token && { authorization: `Bearer ${this.token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      body: text.startsWith("{") ? (JSON.parse(text) as KubeObject) : ({ text } as never),
    };
  }

  private async must(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<KubeObject> {
    const answer = await this.call(method, path, body, contentType);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  }

  /** undefined when there is none of that name. */
  async get(path: string): Promise<KubeObject | undefined> {
    const answer = await this.call("GET", path);
    if (answer.status === 404) return undefined;
    if (answer.status < 300) return answer.body;
    throw new Error(`GET ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  }

  async list(path: string): Promise<readonly KubeObject[]> {
    const list = (await this.must("GET", path)) as unknown as {
      readonly items?: readonly KubeObject[];
    };
    return list.items ?? [];
  }

  create(path: string, object: unknown): Promise<KubeObject> {
    return this.must("POST", path, object);
  }

  /** Server-side apply; `path` names the object. */
  apply(
    path: string,
    object: unknown,
    manager = "mooring-tests",
    force = true,
  ): Promise<KubeObject> {
    return this.must(
      "PATCH",
      `${path}?fieldManager=${manager}&force=${String(force)}`,
      object,
      APPLY_PATCH,
    );
  }

  patch(path: string, patch: unknown, manager = "mooring-tests"): Promise<KubeObject> {
    return this.must("PATCH", `${path}?fieldManager=${manager}`, patch, MERGE_PATCH);
  }

  patchStatus(path: string, status: unknown): Promise<KubeObject> {
    return this.must("PATCH", `${path}/status`, { status }, MERGE_PATCH);
  }

  async delete(path: string, options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const answer = await this.call("DELETE", path, options);
    if (answer.status >= 300 && answer.status !== 404) {
      throw new Error(`DELETE ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}
