import { request } from "undici";

import { readKubeAccess } from "../../e2e/cluster/kube-access";

type Event = {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly phase?: string };
  };
};

const NAMES_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

export type Progress = {
  /** Resolves once `count` services have both; the milliseconds since the epoch at which the last one had. */
  readonly done: Promise<number>;
  readonly deployments: () => number;
  readonly statuses: () => number;
  stop(): Promise<void>;
};

/** Follows the namespace from now on until `count` services have a Deployment and a status. */
export function watchProgress(kubeconfig: string, namespace: string, count: number): Progress {
  const abort = new AbortController();
  const access = readKubeAccess(kubeconfig);
  const [deployments, statuses] = [new Set<string>(), new Set<string>()];
  let finish: (atMs: number) => void = () => undefined;
  const done = new Promise<number>((resolve) => (finish = resolve));
  const check = () => {
    if (deployments.size >= count && statuses.size >= count) finish(Date.now());
  };
  const follow = async (path: string, accept: string, see: (event: Event) => void) => {
    const { body } = await request(`${access.server}${path}?watch=true`, {
      dispatcher: access.agent,
      signal: abort.signal,
      headers: { accept, authorization: `Bearer ${access.token ?? ""}` },
    });
    for await (const line of linesOf(body)) {
      see(JSON.parse(line) as Event); // a watch sends nothing else
      check();
    }
  };
  const following = Promise.all([
    follow(`/apis/apps/v1/namespaces/${namespace}/deployments`, NAMES_ONLY, ({ object }) =>
      deployments.add(object.metadata.name),
    ),
    follow(
      `/apis/inference.llmkube.dev/v1alpha1/namespaces/${namespace}/inferenceservices`,
      "application/json",
      ({ object }) => {
        if (object.status?.phase !== undefined) statuses.add(object.metadata.name);
      },
    ),
  ]).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return {
    done: Promise.race([done, following.then(() => done)]),
    deployments: () => deployments.size,
    statuses: () => statuses.size,
    stop: async () => {
      abort.abort();
      await following;
      await access.agent.destroy();
    },
  };
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
