import { NO_IMPROVEMENTS, type Improvements } from "@/server/domain/improvements";
import { parseOperatorFlags } from "@/server/domain/operator-flags";
import type { KubeApi, KubeObject } from "@/e2e/cluster/kube-api";
import { startOperatorUnderTest, type OperatorUnderTest } from "../operator-under-test";
import { compare, compareSnapshot, HOLD_LABEL } from "./compare-snapshot";
import type { GoldenCase, Json, JsonObject, Step } from "./golden-case";
import { field, objects, text } from "./golden-case";
import { pathTo } from "./object-paths";
import { recordSnapshot, recordTimeline, settled } from "./record";
import { cleanUp } from "./clean-up";
import { compareNames, namesIn } from "./compare-names";
import { compareHashChanges, compareTimeline, type SnapshotPair } from "./compare-course";

const PATCH_TYPES: Readonly<Record<string, string>> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
};
type Run = {
  readonly api: KubeApi;
  readonly kubeconfig: string;
  readonly golden: GoldenCase;
  readonly improvements: Improvements;
  readonly differences: string[];
  operator: OperatorUnderTest | null;
  snapshots: number;
  responses: number;
  /** The last snapshot, recorded and ours. */
  before: SnapshotPair | null;
};

export type GoldenRun = {
  readonly golden: GoldenCase;
  /** None by default: exactly the contract. */
  readonly improvements?: Improvements;
};

/** Does what the case says, with the operator in strict mode unless told otherwise, and tells every difference from what was recorded. */
export async function runGoldenCase(
  api: KubeApi,
  kubeconfig: string,
  { golden, improvements = NO_IMPROVEMENTS }: GoldenRun,
): Promise<readonly string[]> {
  const run: Run = {
    api,
    kubeconfig,
    golden,
    improvements,
    differences: [],
    operator: null,
    snapshots: 0,
    responses: 0,
    before: null,
  };
  try {
    for (const step of golden.steps) await runStep(run, step);
    if (run.snapshots < golden.snapshots.length) {
      run.differences.push(
        `${golden.snapshots.length - run.snapshots} recorded snapshots were not taken`,
      );
    }
    for (const error of run.operator?.errors ?? []) run.differences.push(`error: ${String(error)}`);
  } finally {
    await run.operator?.stop();
    await cleanUp(api, golden);
  }
  return run.differences;
}

async function runStep(run: Run, step: Step): Promise<void> {
  if (step.kind === "apply") {
    await run.api.apply(pathTo(run.golden, step.object), held(step.object), "golden");
    return;
  }
  const action = ACTIONS[step.name];
  if (action === undefined) throw new Error(`the step "${step.name}" is not known`);
  await action(run, step.options);
}

const ACTIONS: Readonly<Record<string, (run: Run, options: JsonObject) => Promise<void>>> = {
  operator: async (run, options) => {
    await run.operator?.stop();
    const flags = (options["flags"] ?? []) as readonly string[];
    // The recorded operator started with them: one that is not known here does not concern model caches.
    const { settings } = parseOperatorFlags(flags, { asLlmkube: true });
    const { kubeconfig, golden, improvements } = run;
    run.operator = await startOperatorUnderTest({
      kubeconfig,
      namespace: golden.namespace,
      settings,
      improvements,
    });
  },
  sleep: (_run, options) => wait(Number(options["seconds"]) * 1000),
  timeline: async (run, options) => {
    const recorded = nextRecorded(run, options);
    const { api, golden } = run;
    const states = await recordTimeline(api, golden.namespace, Number(options["seconds"]));
    const name = text(options["name"]);
    run.differences.push(...compareTimeline(recorded, states).map((path) => `${name} ${path}`));
  },
  snapshot: async (run, options) => {
    const quietMs = Number(options["quiet"] ?? 2) * 1000;
    const limitMs = Number(options["limit"] ?? 25) * 1000;
    await settled(run.api, run.golden.namespace, { quietMs, limitMs });
    const recorded = nextRecorded(run, options);
    const actual = await recordSnapshot(run.api, run.golden.namespace);
    const differences = [
      ...compareSnapshot(recorded, actual),
      ...compareNames(recorded, actual, namesIn(run.golden)),
      ...compareHashChanges(run.before, { recorded, actual }),
    ];
    run.before = { recorded, actual };
    run.differences.push(...differences.map((path) => `${text(options["name"])} ${path}`));
  },
  patch: async (run, options) => {
    const subresource =
      options["subresource"] === undefined ? "" : `/${text(options["subresource"])}`;
    const path = `${pathTo(run.golden, options)}${subresource}?fieldManager=golden`;
    const type = PATCH_TYPES[text(options["type"]) || "merge"] ?? "";
    const answer = await run.api.call("PATCH", path, options["body"], type);
    check(run, answer, options["expectError"] === true);
  },
  applyExpectError: async (run, options) => {
    const object = options["object"] as JsonObject;
    const path = `${pathTo(run.golden, object)}?fieldManager=golden&force=true`;
    check(
      run,
      await run.api.call("PATCH", path, held(object), "application/apply-patch+yaml"),
      true,
    );
  },
  delete: async (run, options) => {
    const propagationPolicy = text(options["propagation"]) || "Background";
    await run.api.delete(pathTo(run.golden, options), { propagationPolicy });
  },
  podsReady: podsReady,
  podStatus: async (run, options) => {
    await wait(Number(options["wait"] ?? 1) * 1000);
    for (const pod of await podsOf(run, text(options["service"]))) {
      await patchPodStatus(run, pod, options["status"] as JsonObject);
    }
  },
};

/** Errors are recorded in order; an answer that should have been one is a difference. */
function check(
  run: Run,
  answer: { readonly status: number; readonly body: KubeObject },
  wanted: boolean,
): void {
  if (!wanted) {
    if (answer.status >= 300) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
    return;
  }
  const recorded = run.golden.apiResponses[run.responses] ?? {};
  run.responses += 1;
  const causes = (list: Json) =>
    objects(list).map(({ field: at = null, reason = null }) => ({ at, reason }));
  const details = (answer.body["details"] ?? null) as Json;
  compare(
    {
      httpStatus: recorded["httpStatus"] ?? null,
      reason: recorded["reason"] ?? null,
      causes: causes(field(recorded["details"], "causes")),
    },
    {
      httpStatus: answer.status,
      reason: (answer.body["reason"] ?? null) as Json,
      causes: causes(field(details, "causes")),
    },
    `apiResponses[${run.responses - 1}]`,
    run.differences,
  );
}

/** What was recorded where the script is now. */
function nextRecorded(run: Run, options: JsonObject): JsonObject {
  const recorded = run.golden.snapshots[run.snapshots] ?? {};
  run.snapshots += 1;
  const name = text(options["name"]);
  if (recorded["name"] !== name) throw new Error(`"${name}" was not recorded here`);
  return recorded;
}

async function podsReady(run: Run, options: JsonObject): Promise<void> {
  const count = Number(options["count"] ?? 1);
  const service = text(options["service"]);
  const end = Date.now() + 15_000;
  let pods: readonly KubeObject[] = [];
  while (Date.now() < end) {
    pods = (await podsOf(run, service)).filter((pod) => pod["spec"].nodeName !== undefined);
    if (pods.length >= count) break;
    await wait(200);
  }
  for (const pod of pods) {
    if (pod["status"].phase !== "Running") await patchPodStatus(run, pod, runningStatus(pod));
  }
}

function runningStatus(pod: KubeObject): JsonObject {
  const now = new Date().toISOString();
  const conditions = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
  ];
  const names = (list: unknown) =>
    (list ?? []) as readonly { readonly name: string; readonly image: string }[];
  const status = (of: { readonly name: string; readonly image: string }, state: JsonObject) => ({
    name: of.name,
    image: of.image,
    imageID: "",
    ready: true,
    restartCount: 0,
    lastState: {},
    state,
  });
  const done = {
    terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now },
  };
  return {
    phase: "Running",
    conditions: conditions.map((type) => ({ type, status: "True", lastTransitionTime: now })),
    initContainerStatuses: names(pod["spec"].initContainers).map((of) => status(of, done)),
    containerStatuses: names(pod["spec"].containers).map((of) =>
      status(of, { running: { startedAt: now } }),
    ),
  };
}

async function podsOf(run: Run, service: string): Promise<readonly KubeObject[]> {
  const pods = await run.api.list(`/api/v1/namespaces/${run.golden.namespace}/pods`);
  return pods.filter(({ metadata }) => {
    const labels = metadata["labels"] as Readonly<Record<string, string>> | undefined;
    return labels?.["app"] === service && metadata.deletionTimestamp === undefined;
  });
}

async function patchPodStatus({ api }: Run, pod: KubeObject, status: JsonObject): Promise<void> {
  const { namespace = "", name } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  const answer = await api.call("PATCH", path, { status }, PATCH_TYPES["strategic"]);
  if (answer.status >= 300) throw new Error(`pod ${name}: ${JSON.stringify(answer.body)}`);
}

/** The harness moves pods by itself; these wait for the script to do so. */
function held(object: JsonObject): JsonObject {
  if (object["kind"] !== "InferenceService") return object;
  const spec = object["spec"] as JsonObject;
  const podLabels = { ...(spec["podLabels"] as JsonObject | undefined), [HOLD_LABEL]: "golden" };
  return { ...object, spec: { ...spec, podLabels } };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
