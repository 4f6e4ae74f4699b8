import { HOLD_LABEL } from "./compare-snapshot";
import type { JsonObject } from "./golden-case";

/** Something that a comparison with a recorded case takes no notice of. */
export type Normalisation = {
  readonly what: string;
  readonly why: string;
  /** Two snapshots that differ in this and count as equal. */
  readonly recorded: JsonObject;
  readonly ours: JsonObject;
};

const service = (status: JsonObject, spec: JsonObject = {}): JsonObject => ({
  inferenceServices: [{ metadata: { name: "s" }, spec, status }],
});
const AVAILABLE: JsonObject = { type: "Available", reason: "PVCModelReady" };
const model = (conditions: readonly JsonObject[]): JsonObject => ({
  models: [{ metadata: { name: "m" }, spec: {}, status: { phase: "Ready", conditions } }],
});
const claim = (metadata: JsonObject): JsonObject => ({
  persistentVolumeClaims: [{ metadata: { name: "c", ...metadata }, spec: {}, status: {} }],
});
const deployment = (template: JsonObject): JsonObject => ({
  deployments: [
    { metadata: { name: "d" }, spec: { template: { metadata: {}, spec: template } }, status: {} },
  ],
});
const event = (note: string): JsonObject => ({
  type: "Warning",
  reason: "R",
  action: "Reconcile",
  note,
  regarding: { kind: "InferenceService", name: "s" },
});
const selectedNode = (node: string) =>
  claim({ annotations: { "volume.kubernetes.io/selected-node": node } });
const init = (script: string): JsonObject =>
  deployment({ initContainers: [{ name: "i", command: ["sh", "-c", script] }] });

/** Everything in which a snapshot may differ from the recorded one; all else is a difference. */
export const NORMALISATIONS: readonly Normalisation[] = [
  {
    what: "Instants and addresses (`<time>`, `<ip>`)",
    why: "They differ from run to run; that there is one is compared.",
    recorded: service({ lastUpdated: "<time>" }),
    ours: service({ lastUpdated: "2026-01-01T00:00:00Z" }),
  },
  {
    what: "The words of `message`, `note` and `schedulingMessage`",
    why: "They are our own; every quoted value and every object name of the recorded text has to be in ours.",
    recorded: service({ message: 'no claim "x"' }),
    ours: service({ message: 'claim "x" is not there' }),
  },
  {
    what: "The shell text of init containers (`<script>`)",
    why: "It was not recorded; what the scripts do is tested by running them.",
    recorded: init("<script>"),
    ours: init("set -eu"),
  },
  {
    what: "The order of `status.conditions` and of pods",
    why: "It means nothing.",
    recorded: service({ conditions: [{ type: "A" }, { type: "B" }] }),
    ours: service({ conditions: [{ type: "B" }, { type: "A" }] }),
  },
  {
    what: "How many Event objects repeat one text, and their counts",
    why: "LLMKube makes one for each pass; what is said, of what, and by whom is compared.",
    recorded: { operatorEvents: [event("n")] },
    ours: { operatorEvents: [event("n"), event("n")] },
  },
  {
    what: "Events of claims beyond the recorded ones",
    why: "controller-manager and scheduler repeat and add to them as they ask again, which is a matter of time.",
    recorded: { claimEvents: [] },
    ours: { claimEvents: [event("n")] },
  },
  {
    what: "`Progressing` with the reason `PVCNotBound` of a Model that is Ready",
    why: "LLMKube never takes it back, and has it only when it looked before the claim was bound, which is a matter of milliseconds.",
    recorded: model([AVAILABLE, { type: "Progressing", reason: "PVCNotBound" }]),
    ours: model([AVAILABLE]),
  },
  {
    what: "The node the scheduler chose (`nodeName`, the claim's `selected-node`)",
    why: "Its choice is free where several nodes fit.",
    recorded: selectedNode("node-a"),
    ours: selectedNode("node-b"),
  },
  {
    what: "The value of `llmkube.ai/desired-template-hash`",
    why: "It hashes the script text; that it changes when the recorded one does is compared.",
    recorded: claim({ annotations: { "llmkube.ai/desired-template-hash": "a" } }),
    ours: claim({ annotations: { "llmkube.ai/desired-template-hash": "b" } }),
  },
  {
    what: `The label \`${HOLD_LABEL}\``,
    why: "It keeps the test cluster's stand-in for the kubelet from moving pods that the script moves.",
    recorded: service({}),
    ours: service({}, { podLabels: { [HOLD_LABEL]: "golden" } }),
  },
];

/** The page about recorded cases, in Markdown. */
export function buildGoldensPage(): string {
  return [
    "# Recorded cases of the real operator",
    "",
    "<!-- Written by `npm run docs:goldens` from server/testing/goldens/normalisations.ts. Do not edit. -->",
    "",
    "A case is a folder with a script (`input.yaml`: objects to apply and actions) and what was there at each snapshot when the real",
    "LLMKube operator ran it (`expected.json`). `npm run golden -- DIR [--case NAME]…` runs a folder of cases on a real etcd,",
    "kube-apiserver, controller-manager and scheduler, with the built-in operator in strict mode, and prints the paths that differ.",
    "`--better` runs them with every improvement on: then the differences have to be those of",
    "[decision 9](decisions/0009-built-in-operator.md) and no others.",
    "",
    "Compared field by field: spec, labels, annotations, owner references, finalizers and status of services, models, Deployments,",
    "Services and claims; type, status and reason of conditions; phase, conditions, claims and init containers of pods; type, reason,",
    "action and object of events; answers of the API server with field and reason of each cause; the states of a timeline in their order.",
    "",
    "No notice is taken of:",
    "",
    "| what | why |",
    "| --- | --- |",
    ...NORMALISATIONS.map(({ what, why }) => `| ${what} | ${why} |`),
    "",
  ].join("\n");
}
