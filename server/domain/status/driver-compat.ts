import type { ClusterNode, Pod } from "../objects";
import type { ConditionUpdate } from "./set-condition";

export const DRIVER_CONDITION = "DriverCompatible";

/** What CUDA engines say when the node's driver is older than the CUDA in their image; in lower case. */
const SIGNS = [
  "driver on your system is too old",
  "cuda driver version is insufficient",
  "cudaerrorinsufficientdriver",
  "cuda_error_insufficient_driver",
];
const MAX_LINE = 200;

type Crash = { readonly line: string; readonly node: string };

export type DriverInput = {
  readonly pods: readonly Pod[];
  /** Name of the serving container. */
  readonly container: string;
  /** null: there is none of that name, or it cannot be seen. */
  readonly node: (name: string) => ClusterNode | null;
  /** What was said before; null when nothing was. */
  readonly previous: "True" | "False" | null;
};

/**
 * Whether the nodes' GPU drivers are new enough for the engine's image, as its ends tell; null says nothing new. A pod that serves
 * now outranks how it ended before, and says nothing of another that still ends.
 */
export function diagnoseDriver(input: DriverInput): ConditionUpdate | null {
  const crash = findCrash(input);
  if (crash !== null) {
    return {
      type: DRIVER_CONDITION,
      status: "False",
      reason: "CUDADriverInsufficient",
      message: explain(crash, input.node(crash.node)),
    };
  }
  const recovered = input.previous === "False" && statusesOf(input).some(({ ready }) => ready);
  if (!recovered) return null;
  return {
    type: DRIVER_CONDITION,
    status: "True",
    reason: "RuntimeStarted",
    message: "The engine runs: its CUDA and the node's driver go together",
  };
}

function statusesOf({ pods, container }: DriverInput) {
  return pods.flatMap(({ spec, status }) =>
    (status?.containerStatuses ?? [])
      .filter(({ name }) => name === container)
      .map((of) => ({ ...of, node: spec?.nodeName ?? "" })),
  );
}

function findCrash(input: DriverInput): Crash | null {
  for (const { ready, node, state, lastState } of statusesOf(input)) {
    if (ready) continue;
    for (const end of [state?.terminated, lastState?.terminated]) {
      const line = end === undefined || end.exitCode === 0 ? null : lineWithSign(end.message ?? "");
      if (line !== null) return { line, node };
    }
  }
  return null;
}

/** Whatever a container printed: bounded, and without control characters. */
function lineWithSign(words: string): string | null {
  const line = words
    .split("\n")
    .find((candidate) => SIGNS.some((sign) => candidate.toLowerCase().includes(sign)));
  if (line === undefined) return null;
  const clean = line.trim().replaceAll(/\p{Cc}/gu, " ");
  return clean.length <= MAX_LINE ? clean : `${clean.slice(0, MAX_LINE)}...`;
}

function explain({ line, node }: Crash, found: ClusterNode | null): string {
  const said = `The engine ended with "${line}": its image needs a newer GPU driver than the node has.`;
  if (node === "") return `${said} ${REMEDY}`;
  const labels = found?.metadata.labels ?? {};
  const offered = offer(labels);
  const where = offered === null ? `It ran on node "${node}".` : `Node "${node}" ${offered}.`;
  return `${said} ${where} ${REMEDY}`;
}

const REMEDY =
  "Use an image built for the CUDA that the driver supports, or schedule onto nodes with a newer driver.";

/** What GPU feature discovery says of a node, by its present labels or the older ones. */
function offer(labels: Readonly<Record<string, string>>): string | null {
  const label = (...names: readonly string[]) =>
    names.map((name) => labels[`nvidia.com/cuda.${name}`] ?? "").find((text) => text !== "") ?? "";
  const major = label("runtime-version.major", "runtime.major");
  if (major === "") return null;
  const minor = label("runtime-version.minor", "runtime.minor");
  const parts = ["driver.major", "driver.minor", "driver.rev"].map((name) => label(name));
  const driver = label("driver-version.full") || parts.filter((part) => part !== "").join(".");
  const cuda = minor === "" ? major : `${major}.${minor}`;
  return `supports CUDA up to ${cuda}${driver === "" ? "" : ` (driver ${driver})`}`;
}
