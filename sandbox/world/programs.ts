import { startDownloader } from "./downloader";
import { startModelServer } from "./model-server";
import type { ContainerContext, Process } from "./process";
import type { SourceCatalogue } from "./sources";

const SERVERS = new Set([
  "llama-server",
  "vllm",
  "sglang",
  "tgi",
  "personaplex",
  "inference-server",
]);
const SHORT_SECONDS = 1;

/** The simulated process of a container, chosen by the container's name as the operator gives it. */
export function startProgram(context: ContainerContext, catalogue: SourceCatalogue): Process {
  const { name } = context.container;
  if (/(^|-)model-downloader(-\d+)?$/.test(name)) return startDownloader(context, catalogue);
  if (/(^|-)model-cache-prep(-\d+)?$/.test(name)) return endAfter(context, context.warm ? 0 : 0.2);
  if (SERVERS.has(name)) return startModelServer(context);
  const init = (context.pod.spec.initContainers ?? []).some((other) => other.name === name);
  const ends = init || (context.pod.spec.restartPolicy ?? "Always") !== "Always";
  return ends ? endAfter(context, SHORT_SECONDS) : stayUp;
}

function endAfter({ startedAt }: ContainerContext, duration: number): Process {
  return (seconds) => {
    const left = startedAt + duration - seconds;
    return left > 0
      ? { lines: [], ready: false, againSeconds: left }
      : { lines: [], exitCode: 0, ready: false };
  };
}

function stayUp() {
  return { lines: [], ready: true };
}
