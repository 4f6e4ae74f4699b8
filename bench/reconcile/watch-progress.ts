import { request } from "undici";

import { readKubeAccess, type KubeAccess } from "../../e2e/cluster/kube-access";

type Event = {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly phase?: string };
  };
};

const NAMES_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
/** Longer than LLMKube's own operator takes for the largest size. */
const LIMIT_MS = 10 * 60_000;

export type Progress = {
  /**
   * Resolves once `count` services have both; the milliseconds since the epoch at which the last one had. Rejects after ten
   * minutes, with how far it came, and when a watch cannot be begun.
   */
  readonly done: Promise<number>;
  stop(): Promise<void>;
};

/** Follows the namespace from now on until `count` services have a Deployment and a status. */
export function watchProgress(kubeconfig: string, namespace: string, count: number): Progress {
  const abort = new AbortController();
  const access = readKubeAccess(kubeconfig);
  const [deployments, statuses] = [new Set<string>(), new Set<string>()];
  let stop: () => void = () => undefined;
  const done = new Promise<number>((resolve, reject) => {
    const told = () => {
      if (deployments.size >= count && statuses.size >= count) resolve(Date.now());
    };
    const limit = setTimeout(() => {
      const came = `${deployments.size} Deployments and ${statuses.size} statuses`;
      reject(new Error(`${came} of ${count} after ${LIMIT_MS / 60_000} minutes`));
    }, LIMIT_MS);
    stop = () => {
      clearTimeout(limit);
      abort.abort();
    };
    const { signal } = abort;
    const apps = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const services = `/apis/inference.llmkube.dev/v1alpha1/namespaces/${namespace}/inferenceservices`;
    follow({ access, signal, path: apps, accept: NAMES_ONLY }, ({ object }) => {
      deployments.add(object.metadata.name);
      told();
    }).catch(reject);
    follow({ access, signal, path: services, accept: "application/json" }, ({ object }) => {
      if (object.status?.phase !== undefined) statuses.add(object.metadata.name);
      told();
    }).catch(reject);
  });
  return {
    done,
    stop: async () => {
      stop();
      await access.agent.destroy();
    },
  };
}

type Watch = {
  readonly access: KubeAccess;
  readonly signal: AbortSignal;
  readonly path: string;
  readonly accept: string;
};

/**
 * Sees every object of the path until it is aborted. A watch that the API server ends, as it does with one that falls
 * behind, is begun again: without a version it tells everything that is there.
 */
async function follow(
  { access, signal, path, accept }: Watch,
  see: (event: Event) => void,
): Promise<void> {
  const headers = { accept, authorization: `Bearer ${access.token ?? ""}` };
  const url = `${access.server}${path}?watch=true`;
  while (!signal.aborted) {
    const { statusCode, body } = await request(url, {
      dispatcher: access.agent,
      signal,
      headers,
    });
    if (statusCode !== 200) throw new Error(`the watch of ${path} was answered ${statusCode}`);
    for await (const line of linesOf(body)) {
      const event = JSON.parse(line) as Event; // a watch sends nothing else
      if (event.type === "ADDED" || event.type === "MODIFIED") see(event);
    }
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
}
