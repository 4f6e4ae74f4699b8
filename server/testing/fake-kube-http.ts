import type { KubeHttp, KubeRequest } from "@/server/kube/http-client";

/** A client that records what is asked and answers by `answer`; a stream is the answer's text in one chunk. */
export function createFakeKubeHttp(answer: (call: KubeRequest) => unknown): KubeHttp & {
  readonly calls: readonly KubeRequest[];
} {
  const calls: KubeRequest[] = [];
  const json = async (call: KubeRequest): Promise<unknown> => {
    calls.push(call);
    return answer(call);
  };
  return {
    calls,
    json,
    text: async (call) => String(await json(call)),
    stream: async (call) => {
      const text = String(await json(call));
      return (async function* () {
        yield new TextEncoder().encode(text);
      })();
    },
    close: () => Promise.resolve(),
  };
}
