import { randomUUID } from "node:crypto";
import { request } from "undici";

import { type KubeAccess, readKubeAccess } from "./kube-access";

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
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see the line above
  readonly [field: string]: any;
};

export type Answer = { readonly status: number; readonly body: KubeObject };

const MERGE_PATCH = "application/merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";

/** A plain client for tests: paths in, status and body out, nothing hidden. */
export class KubeApi {
  private readonly access: KubeAccess;

  constructor(kubeconfigPath: string) {
    this.access = readKubeAccess(kubeconfigPath);
  }

  get server(): string {
    return this.access.server;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<Answer> {
    const { server, agent, token } = this.access;
    const response = await request(`${server}${path}`, {
      method: method as "GET",
      dispatcher: agent,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": contentType }),
        ...(token && { authorization: `Bearer ${token}` }),
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

  /** A namespace of the caller's own; returns its name. */
  async createNamespace(prefix: string): Promise<string> {
    const name = `${prefix}-${randomUUID().slice(0, 8)}`;
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await this.create("/api/v1/namespaces", namespace);
    return name;
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
    await this.access.agent.close();
  }
}
