import type { ContainerContext, Look, Process } from "./process";

const LOAD_BYTES_PER_SECOND = 4e9;
const LEAST_SECONDS = 2;
const PATH_FLAGS = ["--model", "-m", "--model-path", "-md", "--mmproj"];

/** The simulated serving container: loads the weights it is told to serve, then answers its probes until it is stopped. */
export function startModelServer(context: ContainerContext): Process {
  const { container, startedAt, warm } = context;
  const paths = modelPaths([...(container.command ?? []), ...(container.args ?? [])]);
  const missing = paths.find((path) => isMissing(context, path));
  if (missing !== undefined) return endAtOnce(missingLines(missing));
  const bytes = paths.reduce((sum, path) => sum + sizeOf(context, path), 0);
  const readyAt = startedAt + (warm ? 0 : LEAST_SECONDS + bytes / LOAD_BYTES_PER_SECOND);
  const llama = container.name === "llama-server";
  let told = 0;
  const script = llama ? llamaLines(paths[0] ?? "") : [["Starting server"], ["Server is ready"]];
  return (seconds): Look => {
    const ready = seconds >= readyAt;
    const upTo = ready ? script.length : 1;
    const lines = script.slice(told, upTo).flat();
    told = Math.max(told, upTo);
    return { lines, ready, ...(ready ? {} : { againSeconds: readyAt - seconds }) };
  };
}

function modelPaths(args: readonly string[]): string[] {
  const flagged = args.flatMap((arg, at) => (PATH_FLAGS.includes(arg) ? [args[at + 1] ?? ""] : []));
  const positional = args.filter((arg) => /^\/(models|model-source|draft)\//.test(arg));
  return [...new Set([...flagged, ...positional])].filter((path) => path.startsWith("/"));
}

function isMissing(context: ContainerContext, path: string): boolean {
  const location = context.locate(path);
  return location !== undefined && !location.disk.hasTree(location.path);
}

function sizeOf(context: ContainerContext, path: string): number {
  const location = context.locate(path);
  return location === undefined ? 0 : location.disk.sizeOf(location.path);
}

function endAtOnce(lines: string[]): Process {
  return () => ({ lines, exitCode: 1, ready: false });
}

function missingLines(path: string): string[] {
  return [
    `srv    load_model: loading model '${path}'`,
    `gguf_init_from_file: failed to open GGUF file '${path}' (No such file or directory)`,
    "llama_model_load: error loading model: llama_model_loader: failed to load model",
    `common_init_from_params: failed to load model '${path}'`,
    "main: exiting due to model loading error",
  ];
}

function llamaLines(path: string): string[][] {
  return [
    [
      "build: 10068 (3f5a1c2e) with GNU 13.3.0 for Linux x86_64",
      "system info: n_threads = 8, n_threads_batch = 8, total_threads = 16",
      "main: loading model",
      `srv    load_model: loading model '${path}'`,
      `llama_model_loader: loaded meta data from ${path} (version GGUF V3 (latest))`,
      "load_tensors: loading model tensors, this can take a while... (mmap = true)",
    ],
    [
      "llama_context: n_ctx = 4096",
      "common_init_from_params: warming up the model with an empty run",
      "srv          init: initializing slots, n_slots = 1",
      "main: model loaded",
      "main: server is listening on http://[::]:8080 - starting the main loop",
      "srv  update_slots: all slots are idle",
    ],
  ];
}
