import type { LogReader, LogTarget } from "@/server/ports";
import type { KubeHttp, KubeRequest } from "./http-client";
import { objectPath, resourceOf } from "./resources";

const PODS = resourceOf("pods");
/** A log has no end; nobody reads more than this at once. */
const DEFAULT_TAIL_LINES = 5_000;

/** Container logs through the API server. */
export function createLogReader(http: KubeHttp): LogReader {
  return {
    read: (target) => http.text(buildCall(target, {})),
    async *follow(target, signal) {
      const chunks = await http.stream({ ...buildCall(target, { follow: true }), signal });
      const decoder = new TextDecoder();
      for await (const chunk of chunks) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== "") yield text;
      }
      const rest = decoder.decode();
      if (rest !== "") yield rest;
    },
  };
}

function buildCall(target: LogTarget, query: { readonly follow?: boolean }): KubeRequest {
  const { namespace, pod, container, previous, timestamps } = target;
  const { tailLines = DEFAULT_TAIL_LINES } = target;
  return {
    path: `${objectPath(PODS, { namespace, name: pod })}/log`,
    query: {
      container,
      ...(tailLines !== null && { tailLines }),
      ...(previous && { previous }),
      ...(timestamps && { timestamps }),
      ...query,
    },
  };
}
