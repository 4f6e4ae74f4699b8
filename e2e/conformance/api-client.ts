import { request } from "undici";
import { inject } from "vitest";

import { type KubeAccess, readKubeAccess } from "../cluster/kube-access";

/** A JSON object. Tests look into any field of any kind; a wrong path fails the assertion that reads it. */
export interface Json {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as said above
  [field: string]: any;
}

export type Answer = { status: number; headers: Record<string, unknown>; body: Json };

export type CallOptions = {
  body?: unknown;
  type?: string;
  accept?: string;
  token?: string;
  /** Whom to impersonate. */
  as?: string;
};

export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";
export const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
export const APPLY_PATCH = "application/apply-patch+yaml";
export const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

export const METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

export type WatchEvent = { type: string; object: Json };

/** Calls of the API under test: paths in, status and body out, nothing retried and nothing thrown. */
export class ApiClient {
  readonly #access: KubeAccess;

  constructor(kubeconfig: string) {
    this.#access = readKubeAccess(kubeconfig);
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await this.#request(method, path, options);
    const text = await response.body.text();
    const body = text.startsWith("{") ? (JSON.parse(text) as Json) : { text };
    return { status: response.statusCode, headers: response.headers, body };
  }

  get(path: string, accept?: string): Promise<Answer> {
    return this.call("GET", path, accept ? { accept } : {});
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.call("POST", path, { body });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.call("PUT", path, { body });
  }

  patch(path: string, body: unknown, type = MERGE_PATCH): Promise<Answer> {
    return this.call("PATCH", path, { body, type });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.call("DELETE", path, body === undefined ? {} : { body });
  }

  /** Reads events until the predicate is satisfied or the server ends the stream; then lets go of it. */
  async watch(
    path: string,
    enough: (events: WatchEvent[]) => boolean,
    during?: () => Promise<unknown>,
    accept?: string,
  ): Promise<WatchEvent[]> {
    const response = await this.#request("GET", path, accept ? { accept } : {});
    const events: WatchEvent[] = [];
    const acting = during?.();
    let rest = "";
    for await (const chunk of response.body) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      events.push(...lines.filter(Boolean).map((line) => JSON.parse(line) as WatchEvent));
      if (enough(events)) break;
    }
    await acting;
    return events;
  }

  #request(method: string, path: string, options: CallOptions) {
    const { server, agent } = this.#access;
    const token = options.token ?? this.#access.token;
    const { body, type = "application/json", accept = "application/json" } = options;
    return request(`${server}${path}`, {
      method: method as "GET",
      dispatcher: agent,
      headers: {
        accept,
        "user-agent": "conformance/1",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(options.as ? { "impersonate-user": options.as } : {}),
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

export function connect(): ApiClient {
  return new ApiClient(inject("kubeconfig"));
}

let made = 0;

/** A namespace of the test's own. */
export async function newNamespace(api: ApiClient): Promise<string> {
  made += 1;
  const name = `conformance-${process.pid.toString(36)}-${Date.now().toString(36)}-${made}`;
  const answer = await api.post("/api/v1/namespaces", { metadata: { name } });
  if (answer.status !== 201) throw new Error(`namespace ${name}: ${JSON.stringify(answer.body)}`);
  return name;
}

export const ISVC = "/apis/inference.llmkube.dev/v1alpha1";

export function configMaps(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

export function services(namespace: string): string {
  return `${ISVC}/namespaces/${namespace}/inferenceservices`;
}

export function deployments(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments`;
}

type ConfigMapParts = { metadata?: Json; data?: Record<string, string> };

export function aConfigMap(name: string, { metadata, data }: ConfigMapParts = {}): Json {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, ...metadata },
    data: data ?? { a: "1" },
  };
}

export function aService(name: string, spec: Json = {}): Json {
  return {
    apiVersion: "inference.llmkube.dev/v1alpha1",
    kind: "InferenceService",
    metadata: { name },
    spec: { modelRef: "m", ...spec },
  };
}

export function aDeployment(name: string, image = "engine:1"): Json {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "engine", image, env: [{ name: "A", value: "1" }] }] },
      },
    },
  };
}

/** A list somewhere in an answer, as objects. */
export function items(list: unknown): Json[] {
  return list as Json[];
}

/** The names in a list of things that have one, in any order of the server's: sorted. */
export function sortedNames(list: unknown, field = "name"): string[] {
  return items(list)
    .map((item) => item[field] as string)
    .sort();
}
